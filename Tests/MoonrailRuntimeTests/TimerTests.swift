import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Timers of event time, over a real store and real hosts. One after the other: each has a store
/// and processes of its own, and what all suites open at once is bounded.
@Suite(.serialized) struct TimerTests {
    /// A function that does with timers what its events say.
    static let script = """
        return {
          from = "in", to = "out", state = {}, timers = { lateness = "1s" },
          handler = function(event, context)
            local data, state = event.data, context.state
            state.events = (state.events or 0) + 1
            if data.name and data.at == null then context.timer(nil, data.name)
            elseif data.name then context.timer(data.at, data.name) end
            for number = 1, data.many or 0 do context.timer(data.at, "t" .. number) end
            if data.fail then error("failed") end
            if data.id then return context.emit({ id = state.events }, { id = data.id }) end
          end,
          on_timer = function(timer, context)
            local state = context.state
            state.fired = (state.fired or 0) + 1
            if timer.name == "bad" then error("no good") end
            if timer.name == "no" then return context.reject("not now") end
            if timer.name == "spin" then while true do end end
            if timer.name == "hang" then return ("a"):rep(3000):find(("a*"):rep(12) .. "b") end
            if timer.name == "again" then context.timer(timer.time, "again") end
            if timer.name == "own-id" then context.emit({}, { id = "x" }) end
            return { key = timer.key, name = timer.name, time = timer.time, os = os.time() }
          end,
        }
        """

    /// Sets a timer when it comes; nothing without a name.
    static func event(
        _ time: Int, _ key: String, _ name: String? = nil, at: Int? = nil, more: String = ""
    ) -> TimedEvent {
        let set = name.map { #""name":"\#($0)","at":\#(at.map(String.init) ?? "null")"# } ?? ""
        let comma = set.isEmpty || more.isEmpty ? "" : ","
        return TimedEvent(time, key: key, "{\(set)\(comma)\(more)}")
    }

    static func fired(_ line: TestLine) async throws -> [String] {
        try await line.payloads("out").map { payload in
            let match = payload.firstMatch(of: #/"key":"(.*?)","name":"(.*?)".*"time":(\d+)/#)
            return match.map { "\($0.1) \($0.2) \($0.3)" } ?? payload
        }
    }

    @Test func `a timer fires when event time has come so far, less the lateness`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [Self.event(1_000, "a", "x", at: 5_000), Self.event(6_000, "b")])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == [])
            #expect(try await line.timers("timers") == ["a x 5000"])
            try await line.produce("in", timed: [Self.event(6_001, "b")])
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == [
                    #"{"key":"a","name":"x","os":5,"time":5000}"#
                ])
            let emitted = try #require(try await line.events("out").first)
            #expect(emitted.key == Array("a".utf8))
            #expect(emitted.time == EventTime(microseconds: 5_000_000))
            #expect(try await line.timers("timers") == [])
        }
    }

    @Test func `timers fire in the order of time, key and name, after the event that is due`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "b", "x", at: 3_000), Self.event(1_000, "a", "y", at: 3_000),
                    Self.event(1_000, "a", "x", at: 3_000), Self.event(1_000, "ab", "x", at: 3_000),
                    Self.event(1_000, "c", "x", at: 2_500), Self.event(9_000, "c", "late", at: 7),
                ])
            try await line.runUntilIdle()
            #expect(
                try await Self.fired(line) == [
                    "c late 7", "c x 2500", "a x 3000", "a y 3000", "ab x 3000", "b x 3000",
                ])
        }
    }

    @Test func `a timer that is moved fires at its new time, one that is removed does not`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", "x", at: 3_000), Self.event(1_000, "b", "x", at: 3_000),
                    Self.event(1_000, "c", "x", at: 9_000),
                ])
            try await line.runUntilIdle()
            try await line.produce(
                "in",
                timed: [
                    Self.event(2_000, "a", "x", at: 6_000), Self.event(2_000, "b", "x"),
                    Self.event(2_000, "c", "x", at: 2_500), Self.event(4_000, "d"),
                ])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == ["c x 2500"])
            #expect(try await line.timers("timers") == ["a x 6000"])
        }
    }

    @Test func `event time never goes back, and a timer of the past fires at once`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce("in", timed: [Self.event(20_000, "a")])
            try await line.runUntilIdle()
            try await line.produce("in", timed: [Self.event(3_000, "b", "x", at: 18_000)])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == ["b x 18000"])
            // Its time has come again, so that it is another firing, with an id of its own.
            try await line.produce("in", timed: [Self.event(3_000, "b", "x", at: 18_000)])
            try await line.runUntilIdle()
            let ids = Set(try await line.events("out").map(\.id))
            #expect(ids.count == 2)
        }
    }

    @Test func `what fires after an event whose emissions are refused fires after the next`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", "x", at: 2_000, more: #""id":"1""#),
                    // The id is there already, with another payload.
                    Self.event(4_000, "a", "y", at: 2_500, more: #""id":"1""#),
                    Self.event(3_600, "b", "z", at: 2_000),
                ])
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == [
                    #"{"id":1}"#, #"{"key":"a","name":"x","os":2,"time":2000}"#,
                    #"{"key":"b","name":"z","os":2,"time":2000}"#,
                ])
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadreason") } == ["emission-conflict"])
            #expect(
                try await StateTests.state(line, "timers")
                    == ["a": #"{"events":1,"fired":1}"#, "b": #"{"events":1,"fired":1}"#])
        }
    }

    @Test func `timers fire beside keys that are parked`() async throws {
        var overrides = FunctionOverrides()
        overrides.onFailure = .parkKey
        try await TestLine.with(["timers": Self.script], overrides: ["timers": overrides]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", "x", at: 2_000), Self.event(1_000, "b", "x", at: 2_000),
                    Self.event(4_000, "a", more: #""fail":true"#),
                    Self.event(9_000, "a", "y", at: 1), Self.event(4_000, "c"),
                ])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == ["a x 2000", "b x 2000"])
            #expect(try await line.counts("timers").parked == 1)
            // What waited moves no time when it is resent; its timer fires after the next event.
            try line.write(
                "timers", Self.script.replacing("if data.fail", with: "if data.never"))
            let resent = try await line.deadLetters.fulfil(
                LetterWish(.retry, .all), of: "timers")
            #expect(resent.resent == 2)
            #expect(try await line.timers("timers") == ["a y 1"])
            try await line.produce("in", timed: [Self.event(1_000, "c")])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line).last == "a y 1")
        }
    }

    @Test func `an event that fails sets no timers, and moves time`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", "x", at: 2_000),
                    Self.event(4_000, "b", "y", at: 5_000, more: #""fail":true"#),
                ])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == ["a x 2000"])
            #expect(try await line.timers("timers") == [])
            #expect(try await line.counts("timers").deadLetters == 1)
        }
    }

    @Test func `what goes beyond the bounds of timers is an error that says so`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            let long = String(repeating: "n", count: 65)
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", long, at: 2_000), Self.event(1_000, "a", "", at: 2_000),
                    Self.event(1_000, "a", more: #""many":17,"at":9000"#),
                    Self.event(1_000, "a", more: #""name":"x","at":1.5"#),
                    Self.event(1_000, "a", more: #""name":7,"at":1"#),
                    Self.event(1_000, "a", "again", at: 2_000),
                    Self.event(1_000, "b", "own-id", at: 2_000), Self.event(4_000, "b"),
                ])
            try await line.runUntilIdle()
            let messages = try await line.events("dead.timers").map {
                $0.header("deadmessage") ?? ""
            }
            let expected = [
                "the name has 65 bytes; it may have 1 to 64", "the name has 0 bytes",
                "this key has 16 timers already", "the time is 1.5; give whole milliseconds",
                "the name is a number", "this one fires at 2000, and 2000 is not after it",
                "what on_timer emits has an id of its own",
            ]
            #expect(messages.count == expected.count)
            for (message, part) in zip(messages, expected) {
                #expect(message.contains(part), "\(message)")
            }
        }
    }

    @Test func `when very many timers are due, the rest follows the next events in its order`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            let keys = (0..<1_500).map { "k\(10_000 + $0)" }
            try await line.produce(
                "in", timed: keys.map { Self.event(1_000, $0, "x", at: 2_000) })
            try await line.runUntilIdle()
            try await line.produce(
                "in", timed: (0..<5).map { Self.event(9_000 + $0, "other") })
            try await line.runUntilIdle()
            let fired = try await Self.fired(line)
            #expect(fired == keys.prefix(5 * 256).map { "\($0) x 2000" })
            #expect(try await line.timers("timers").count == 1_500 - 5 * 256)
            try await line.produce("in", timed: [Self.event(9_000, "other")])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == keys.map { "\($0) x 2000" })
        }
    }

    @Test func `timers are part of the state that is told for any moment`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    Self.event(1_000, "a", "x", at: 5_000), Self.event(2_000, "a", "x", at: 6_000),
                    Self.event(9_000, "b"),
                ])
            try await line.runUntilIdle()
            let states = FunctionStates(engine: line.engine)
            var times: [[Int64]] = []
            for offset in UInt64(0)..<3 {
                let entry = try await states.value(
                    of: "timers", key: [0x61], at: .offset(offset))
                times.append(entry.value?.timers.map { $0.time.microseconds / 1_000 } ?? [])
            }
            #expect(times == [[5_000], [6_000], []])
        }
    }

    @Test func `a version without on_timer leaves timers to the next one that has it`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            try await line.produce("in", timed: [Self.event(1_000, "a", "x", at: 5_000)])
            try await line.runUntilIdle()
            let without = """
                return { from = "in", to = "out", state = {}, handler = function(event, context)
                  context.state.events = 10
                end }
                """
            try line.write("timers", without)
            try await line.produce("in", timed: [Self.event(9_000, "a")])
            try await line.runUntilIdle()
            #expect(try await line.timers("timers") == ["a x 5000"])
            try line.write("timers", Self.script)
            try await line.produce("in", timed: [Self.event(9_000, "b")])
            try await line.runUntilIdle()
            #expect(try await Self.fired(line) == ["a x 5000"])
            #expect(try await StateTests.state(line, "timers")["a"] == #"{"events":10,"fired":1}"#)
        }
    }
}
