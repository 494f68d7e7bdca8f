import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

@Suite struct IdleHostTests {
    private static let settings = Worker.Settings(hostIdle: .milliseconds(100))
    private static let script = """
        return { from = "a", to = "b", on_failure = "park-key", handler = function(event)
          if event.data.n < 0 then error("negative") end
          return { n = event.data.n * 2 }
        end }
        """

    /// Suspends until `isTrue` holds, a minute at most, and says whether it does.
    private static func holdsSoon(_ isTrue: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<6_000 {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test func `a host without work is stopped, and the next event starts another`() async throws {
        try await TestLine.with(["double": Self.script], settings: Self.settings) { line in
            try await line.engine.open("b", settings: nil)
            try await line.whileRunning { worker in
                for round in 1...3 {
                    try await line.produce("a", [#"{"n":\#(round)}"#])
                    #expect(
                        try await Self.holdsSoon { try await line.payloads("b").count == round })
                    #expect(try await Self.holdsSoon { line.hosts.alive.isEmpty })
                    let states = await worker.overview.functions().map(\.state)
                    #expect(states == [.running], "a function without a host is deployed")
                }
            }
            #expect(try await line.payloads("b") == [#"{"n":2}"#, #"{"n":4}"#, #"{"n":6}"#])
            #expect(try await line.counts("double").processed == 3)
        }
    }

    @Test func `while its host is stopped a function's dead letters can be run again`()
        async throws
    {
        try await TestLine.with(["double": Self.script], settings: Self.settings) { line in
            try await line.produce("a", [#"{"n":-1}"#, #"{"n":1}"#], key: "k")
            try await line.whileRunning { worker in
                #expect(
                    try await Self.holdsSoon { try await line.counts("double").processed == 2 })
                #expect(try await Self.holdsSoon { line.hosts.alive.isEmpty })
                let letters = DeadLetters(engine: line.engine, operators: worker.operators)
                let again = try await letters.fulfil(LetterWish(.retry, .all), of: "double")
                #expect(again.failedAgain == 1 && again.waiting == 1)
                #expect(try await Self.holdsSoon { line.hosts.alive.isEmpty })
                let skipped = try await letters.fulfil(
                    LetterWish(.skip(because: "negative"), .reason("raised")), of: "double")
                #expect(skipped.skipped == 1 && skipped.resent == 1)
            }
            #expect(try await line.payloads("b") == [#"{"n":2}"#])
            #expect(line.hosts.alive.isEmpty)
        }
    }
}
