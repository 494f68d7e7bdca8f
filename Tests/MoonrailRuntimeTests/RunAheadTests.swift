import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Culprits in the middle of a backlog, whose batches the host is given before their turn.
@Suite struct RunAheadTests {
    private static let count = 6_000
    private static let script = """
        return { from = "a", to = "b", breaker = false, handler = function(event)
          local kind = event.data.kind
          if kind == "raise" then error("no such luck") end
          if kind == "spin" then while true do end end
          if kind == "stuck" then return ("a"):rep(3000):find(("a*"):rep(12) .. "b") end
          return event.data
        end }
        """

    private static var limits: FunctionLimits {
        var limits = FunctionLimits()
        limits.eventTime = .milliseconds(50)
        return limits
    }

    /// A backlog with events of these kinds at random places.
    private static func backlog(
        _ kinds: [String], _ random: inout SeededGenerator
    ) -> (payloads: [String], culprits: [Int: String]) {
        var payloads = (0..<count).map { #"{"n":\#($0)}"# }
        var culprits: [Int: String] = [:]
        for kind in kinds {
            let place = random.number(0...count - 1)
            payloads[place] = #"{"kind":"\#(kind)","n":\#(place)}"#
            culprits[place] = kind
        }
        return (payloads, culprits)
    }

    @Test func `each culprit of a backlog is one dead letter, and no other event is blamed`()
        async throws
    {
        var random = SeededGenerator.printed()
        let (payloads, culprits) = Self.backlog(
            ["raise", "raise", "spin", "spin", "spin", "stuck", "stuck"], &random)
        try await TestLine.with(["poison": Self.script], limits: Self.limits) { line in
            try await line.produce("a", payloads)
            try await line.runUntilIdle()
            let places = culprits.keys.sorted()
            let dead = try await line.events("dead.poison")
            #expect(
                dead.map { String(decoding: $0.payload, as: UTF8.self) }
                    == places.map { payloads[$0] })
            let reasons = ["raise": "raised", "spin": "time-limit", "stuck": "host-died"]
            #expect(
                dead.map { $0.header("deadreason") } == places.map { reasons[culprits[$0] ?? ""] })
            #expect(
                try await line.payloads("b")
                    == payloads.enumerated().filter { culprits[$0.offset] == nil }.map(\.element))
        }
    }

    @Test func `nothing behind the event that stops a function has any effect`() async throws {
        var random = SeededGenerator.printed()
        let (payloads, culprits) = Self.backlog(["raise", "raise"], &random)
        var stopping = FunctionOverrides()
        stopping.onFailure = .stop
        try await TestLine.with(["poison": Self.script], overrides: ["poison": stopping]) { line in
            try await line.produce("a", payloads)
            try await line.runUntilIdle()
            let first = try #require(culprits.keys.min())
            #expect(try await line.payloads("b") == Array(payloads[..<first]))
            #expect(try await line.counts("poison").processed == UInt64(first))
            #expect(line.hosts.alive.isEmpty)
        }
    }

    @Test func `events behind a failed one of their key wait, also those that were run ahead`()
        async throws
    {
        var parking = FunctionOverrides()
        parking.onFailure = .parkKey
        try await TestLine.with(["poison": Self.script], overrides: ["poison": parking]) { line in
            var random = SeededGenerator.printed()
            let culprit = random.number(1_000...3_000)
            let events = (0..<Self.count).map { number in
                (
                    key: number.isMultiple(of: 3) ? "parked" : "free",
                    payload: #"{"kind":"\#(number == culprit ? "raise" : "")","n":\#(number)}"#
                )
            }
            try await line.produce("a", keyed: events)
            try await line.runUntilIdle()
            let key = events[culprit].key
            let waiting = events.enumerated().filter {
                $0.offset >= culprit && $0.element.key == key
            }
            let passed = events.enumerated().filter { $0.offset < culprit || $0.element.key != key }
            #expect(try await line.payloads("b") == passed.map(\.element.payload))
            #expect(try await line.payloads("dead.poison") == waiting.map(\.element.payload))
        }
    }
}
