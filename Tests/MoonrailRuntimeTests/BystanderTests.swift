import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import ServiceLifecycle
import Testing

@Suite struct BystanderTests {
    /// Burns its limits in another way for each event.
    private static let hostile = """
        return { from = "attacks", to = "spoils", batch = 4, breaker = false,
          handler = function(event, context)
          local kind = event.data.n % 5
          if kind == 0 then while true do pcall(error) end end
          if kind == 1 then local t = {} for i = 1, 1e9 do t[i] = { i } end end
          if kind == 2 then return ("a"):rep(3000):find(("a*"):rep(12) .. "b") end
          if kind == 3 then while true do context.emit({ text = ("x"):rep(10000) }) end end
          error(("x"):rep(100000))
        end }
        """
    private static let bystander = """
        return { from = "readings", to = "copies", handler = function(event)
          return event.data
        end }
        """
    private static let seconds = 5
    private static let eventsASecond = 100

    @Test func `a function beside one that burns its limits misses no event`() async throws {
        var limits = FunctionLimits()
        limits.eventTime = .milliseconds(50)
        limits.memoryBytes = 8 << 20
        try await TestLine.with(
            ["hostile": Self.hostile, "bystander": Self.bystander], limits: limits
        ) { line in
            try await line.produce("attacks", (0..<2_000).map { #"{"n":\#($0)}"# })
            let group = ServiceGroup(
                configuration: .init(services: [line.worker()], logger: TestLine.logger))
            async let running: Void = group.run()
            let expected = (0..<Self.seconds * Self.eventsASecond).map { #"{"n":\#($0)}"# }
            let clock = ContinuousClock()
            let start = clock.now
            for (number, payload) in expected.enumerated() {
                try await clock.sleep(
                    until: start + .seconds(1) * Double(number) / Double(Self.eventsASecond))
                try await line.produce("readings", [payload])
            }
            let produced = clock.now
            // Its own lane has nothing to wait for but a share of the machine.
            while try await line.payloads("copies").count < expected.count {
                guard clock.now - produced < .seconds(2) else { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            let attacks = try await line.counts("hostile")
            await group.triggerGracefulShutdown()
            try await running
            #expect(try await line.payloads("copies") == expected)
            #expect(try await line.events("dead.bystander").isEmpty)
            // It was attacked all the while, and each attack became one dead letter.
            #expect(attacks.deadLetters > 1 && attacks.processed < 2_000)
            #expect(attacks.deadLetters == attacks.processed)
            #expect(line.hosts.alive.isEmpty, "hosts outlive their worker")
        }
    }
}
