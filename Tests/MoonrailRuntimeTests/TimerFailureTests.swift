import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Timers that fail when they fire. One after the other, as `TimerTests`.
@Suite(.serialized) struct TimerFailureTests {
    @Test func `a firing that fails is a dead letter of the timer, and the event's effects stand`()
        async throws
    {
        try await TestLine.with(["timers": TimerTests.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "bad", at: 2_000),
                    TimerTests.event(1_000, "a", "no", at: 2_000), TimerTests.event(4_000, "b"),
                ])
            try await line.runUntilIdle()
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadtimer") } == ["bad", "no"])
            #expect(letters.map { $0.header("deadreason") } == ["raised", "rejected"])
            #expect(letters[0].header("deadmessage")?.contains("no good") == true)
            #expect(
                letters.map { String(decoding: $0.payload, as: UTF8.self) } == [
                    #"{"key":"a","name":"bad","time":2000}"#,
                    #"{"key":"a","name":"no","time":2000}"#,
                ])
            let state = try await StateTests.state(line, "timers")
            #expect(state == ["a": #"{"events":2}"#, "b": #"{"events":1}"#])
            #expect(try await line.timers("timers") == [])
            #expect(try await line.counts("timers").deadLetters == 2)
            let examined = await line.deployment().examine(name: "timers")
            guard case .deployable(let function) = examined else { return }
            let letter = try #require(
                DeadLetter(
                    try await line.engine.read(
                        StationCursor(station: "dead.timers", partition: 0, offset: 0),
                        bounds: ReadBounds()), 0))
            let tried = try await LetterRehearsal(engine: line.engine, hosts: line.hosts)
                .run(letter, in: function)
            #expect(tried.fault?.message.hasPrefix("timer 'bad' has failed") == true)
            // Its moment is over: it can be skipped, and not be run again.
            let retried = try await line.deadLetters.fulfil(
                LetterWish(.retry, .all), of: "timers")
            #expect(retried.timers == 2 && retried.resent == 0)
            let skipped = try await line.deadLetters.fulfil(
                LetterWish(.skip(because: "known"), .all), of: "timers")
            #expect(skipped.skipped == 2)
        }
    }

    @Test func `a firing over a limit is tried once more and then a dead letter`() async throws {
        try await TestLine.with(["timers": TimerTests.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "spin", at: 2_000),
                    TimerTests.event(1_000, "a", "x", at: 2_000), TimerTests.event(4_000, "b"),
                    TimerTests.event(4_000, "b"),
                ])
            try await line.runUntilIdle()
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadreason") } == ["time-limit"])
            #expect(letters.map { $0.header("deadattempts") } == ["2"])
            let lane = LaneID(function: "timers", partition: 0)
            let stopped = try await line.engine.journal(of: lane, from: 0, limit: 100)
                .flatMap(\.stopped)
            #expect(stopped.map(\.kind) == [.timeLimit])
            #expect(try await TimerTests.fired(line) == ["a x 2000"])
            let state = try await StateTests.state(line, "timers")
            #expect(state == ["a": #"{"events":2,"fired":1}"#, "b": #"{"events":2}"#])
        }
    }

    @Test func `a firing that takes the host along is a dead letter, and all else goes on`()
        async throws
    {
        try await TestLine.with(["timers": TimerTests.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "w", at: 1_900),
                    TimerTests.event(1_000, "a", "hang", at: 2_000),
                    TimerTests.event(1_000, "a", "x", at: 2_100),
                    TimerTests.event(1_000, "b", "hang", at: 2_200), TimerTests.event(4_000, "b"),
                    TimerTests.event(4_000, "c"),
                ])
            try await line.runUntilIdle()
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadreason") } == ["host-died", "host-died"])
            #expect(letters.map { $0.header("deadtimer") } == ["hang", "hang"])
            #expect(letters.map { $0.header("deadattempts") } == ["3", "3"])
            #expect(try await TimerTests.fired(line) == ["a w 1900", "a x 2100"])
            let counts = try await line.counts("timers")
            #expect(counts.processed == 6 && counts.deadLetters == 2)
            let lane = LaneID(function: "timers", partition: 0)
            let stopped = try await line.engine.journal(of: lane, from: 0, limit: 100)
                .flatMap(\.stopped)
            #expect(stopped.map { $0.timer.key } == [[0x61], [0x62]])
            #expect(stopped.map(\.kind) == [.hostDied, .hostDied])
            #expect(stopped.map(\.place.offset) == [4, 4])
        }
    }

    @Test func `where a failure stops the lane, it pauses in front of the event of a timer`()
        async throws
    {
        var overrides = FunctionOverrides()
        overrides.onFailure = .stop
        try await TestLine.with(["timers": TimerTests.script], overrides: ["timers": overrides]) {
            line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "bad", at: 2_000), TimerTests.event(4_000, "b"),
                ])
            let status = try await line.runUntilIdle().first
            #expect(status?.state.name == "paused")
            #expect(
                status?.state.reason?.contains(
                    "timer 'bad' of key 'a', which fires after event 1 of in, failed (raised: ")
                    == true)
            #expect(try await line.counts("timers").processed == 1)
            try line.write(
                "timers", TimerTests.script.replacing(#""bad" then"#, with: #""b" then"#))
            try await line.runUntilIdle()
            #expect(try await TimerTests.fired(line) == ["a bad 2000"])
        }
    }

    @Test func `events wait behind a timer of their key that failed, until it is skipped`()
        async throws
    {
        var overrides = FunctionOverrides()
        overrides.onFailure = .parkKey
        try await TestLine.with(["timers": TimerTests.script], overrides: ["timers": overrides]) {
            line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "bad", at: 2_000), TimerTests.event(4_000, "b"),
                    TimerTests.event(4_000, "a"), TimerTests.event(4_000, "b"),
                ])
            try await line.runUntilIdle()
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadreason") } == ["raised", "parked-behind"])
            #expect(letters.last?.header("deadbehind") == "in/0/1")
            let skipped = try await line.deadLetters.fulfil(
                LetterWish(.skip(because: "known"), .reason("raised")), of: "timers")
            #expect(skipped.skipped == 1 && skipped.resent == 1)
            let state = try await StateTests.state(line, "timers")
            #expect(state == ["a": #"{"events":2}"#, "b": #"{"events":2}"#])
            try await line.produce("in", timed: [TimerTests.event(4_000, "a")])
            try await line.runUntilIdle()
            #expect(try await line.counts("timers").parked == 1)
        }
    }
}
