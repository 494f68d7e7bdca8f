import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import ServiceLifecycle
import Testing

@Suite struct FailureTests {
    /// Fails in the way that the event names.
    private static let poison = """
        return { from = "a", to = "b", handler = function(event, context)
          local kind = event.data.kind
          if kind == "raise" then error("no such luck") end
          if kind == "reject" then return context.reject("not wanted") end
          if kind == "spin" then while true do end end
          if kind == "grow" then
            local t = {}
            for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end
          end
          if kind == "stuck" then return (("a"):rep(30)):find(("a?"):rep(30) .. ("a"):rep(30)) end
          return event.data
        end }
        """

    @Test(arguments: [
        ("raise", "raised", "functions/poison.lua:3: no such luck", "1"),
        ("reject", "rejected", "not wanted", "1"),
        ("spin", "time-limit", "50 ms", "2"),
        ("grow", "memory-limit", "4194304 bytes", "2"),
    ])
    func `one failing event among a thousand becomes one dead letter and the line goes on`(
        kind: String, reason: String, message: String, attempts: String
    ) async throws {
        var limits = FunctionLimits()
        limits.eventTime = .milliseconds(50)
        limits.memoryBytes = 4 << 20
        try await TestLine.with(["poison": Self.poison], limits: limits) { line in
            var payloads = (0..<1_000).map { #"{"n":\#($0)}"# }
            payloads[700] = #"{"kind":"\#(kind)","n":700}"#
            try await line.produce("a", payloads, key: "k")
            try await line.runUntilIdle()
            let dead = try await line.events("dead.poison")
            #expect(dead.count == 1)
            let letter = try #require(dead.first)
            #expect(String(decoding: letter.payload, as: UTF8.self) == payloads[700])
            #expect(letter.key == Array("k".utf8))
            #expect(letter.header("deadreason") == reason)
            #expect(letter.header("deadmessage")?.contains(message) == true)
            #expect(letter.header("deadattempts") == attempts)
            payloads.remove(at: 700)
            #expect(try await line.payloads("b") == payloads)
            let counts = try await line.counts("poison")
            #expect(counts.processed == 1_000 && counts.emitted == 999 && counts.deadLetters == 1)
        }
    }

    @Test func `a limit's verdict is in the journal`() async throws {
        var limits = FunctionLimits()
        limits.eventTime = .milliseconds(50)
        try await TestLine.with(["poison": Self.poison], limits: limits) { line in
            try await line.produce("a", [#"{"n":1}"#, #"{"kind":"spin"}"#, #"{"n":2}"#])
            try await line.runUntilIdle()
            let journal = try await line.engine.journal(
                of: LaneID(function: "poison", partition: 0), from: 0, limit: 10)
            #expect(
                journal.flatMap(\.verdicts) == [
                    .init(station: "a", offset: 1, kind: .timeLimit)
                ])
            #expect(journal.flatMap(\.taken).map(\.first).min() == 0)
            #expect(journal.flatMap(\.taken).map(\.last).max() == 2)
        }
    }

    @Test func `a host that is killed again and again loses nothing and repeats nothing`()
        async throws
    {
        try await TestLine.with(["poison": Self.poison]) { line in
            try await line.produce("a", (0..<60_000).map { #"{"n":\#($0)}"# })
            async let running = line.runUntilIdle()
            var kills = 0
            // Only hosts that run events are killed: a script that always loses its host while it
            // is compiled is rightly not deployed.
            while kills < 20, try await line.counts("poison").processed < 60_000 {
                try await Task.sleep(for: .milliseconds(10))
                guard try await line.engine.lanes().count > 0 else { continue }
                kills += line.hosts.killAll()
            }
            #expect(kills > 0, "the events were done before a host was killed")
            _ = try await running
            // A host that dies twice with one event alone takes it for the culprit: with 20 kills
            // that is possible in principle, so the letters count too.
            let counts = try await line.counts("poison")
            #expect(counts.processed == 60_000)
            #expect(counts.emitted + counts.deadLetters == 60_000)
            #expect(Set(try await line.payloads("b")).count == Int(counts.emitted))
        }
    }

    @Test func `a graceful stop settles what was read and reads no more`() async throws {
        try await TestLine.with([
            "slow": """
            return { from = "a", to = "b", batch = 50, handler = function(event)
              local sum = 0
              for i = 1, 20000 do sum = sum + i end
              return event.data
            end }
            """
        ]) { line in
            try await line.produce("a", (0..<200_000).map { #"{"n":\#($0)}"# })
            let group = ServiceGroup(
                configuration: .init(services: [line.worker()], logger: TestLine.logger))
            async let running: Void = group.run()
            var asked: UInt64 = 0
            while asked == 0 {
                try await Task.sleep(for: .milliseconds(50))
                asked = try await line.engine.lanes().first?.counts.processed ?? 0
            }
            await group.triggerGracefulShutdown()
            try await running
            let counts = try await line.counts("slow")
            // What may be between reading and settling is some batches of 50, and no backlog.
            #expect(counts.processed - asked <= 2_000)
            #expect(try await line.payloads("b").count == Int(counts.emitted))
            #expect(line.hosts.alive.isEmpty, "hosts outlive their worker")
        }
    }

    @Test func `an emission whose id is known with another payload is a dead letter`()
        async throws
    {
        try await TestLine.with([
            "same-id": """
            return { from = "a", to = "b", handler = function(event, context)
              context.emit(event.data, { id = event.data.id })
            end }
            """
        ]) { line in
            try await line.produce(
                "a",
                [
                    #"{"id":"x","n":1}"#, #"{"id":"y","n":1}"#, #"{"id":"x","n":1}"#,
                    #"{"id":"x","n":2}"#, #"{"id":"z","n":1}"#,
                ])
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("b") == [
                    #"{"id":"x","n":1}"#, #"{"id":"y","n":1}"#, #"{"id":"z","n":1}"#,
                ])
            let dead = try await line.events("dead.same-id")
            #expect(dead.map { $0.header("deadreason") } == ["emission-conflict"])
        }
    }
}
