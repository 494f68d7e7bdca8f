import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Timers that fire since nothing comes: the clock moves event time then. It is a test's own clock.
@Suite(.serialized) struct IdleTimerTests {
    static let script = TimerTests.script.replacing(
        #"lateness = "1s""#, with: #"lateness = "1s", idle = "10s""#)

    /// 1,000 s after 1970: event times of the tests are near to it.
    static func clock() -> ManualClock { ManualClock(EventTime(microseconds: 1_000_000_000)) }

    static func events(_ line: TestLine, _ events: TimedEvent...) async throws {
        try await line.produce("in", timed: events)
    }

    /// Waits until the lane has taken so many events and emitted as often, and sleeps until this
    /// moment, in milliseconds since the clock began; nil: until it sleeps for none.
    static func waits(
        _ line: TestLine, _ clock: ManualClock, processed: UInt64, fired: Int = 0,
        until moment: Int?
    ) async throws {
        let expected = moment.map { [EventTime(microseconds: 1_000_000_000 + Int64($0) * 1_000)] }
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let counts = try await line.counts("timers")
            let isSo =
                counts.processed == processed && counts.emitted == UInt64(fired)
                && clock.awaited == (expected ?? [])
            if isSo { return }
            try #require(
                ContinuousClock.now < deadline,
                "it sleeps for \(clock.awaited), not for \(expected ?? [])")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `when nothing comes the clock moves event time on to the timer that waits`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            let clock = Self.clock()
            try await Self.events(
                line, TimerTests.event(500_000, "a", "x", at: 560_000),
                TimerTests.event(500_000, "b", "y", at: 630_000))
            try await line.whileRunning(clock) { _ in
                // 60 s and the lateness and a millisecond after the event came.
                try await Self.waits(line, clock, processed: 2, until: 61_001)
                clock.advance(by: .milliseconds(61_000))
                #expect(clock.awaited.count == 1)
                clock.advance(by: .milliseconds(1))
                try await Self.waits(line, clock, processed: 2, fired: 1, until: 131_001)
                #expect(try await TimerTests.fired(line) == ["a x 560000"])
                // Late by an hour: both that waited are due, in their order.
                clock.advance(by: .seconds(3_600))
                try await Self.waits(line, clock, processed: 2, fired: 2, until: nil)
                #expect(try await TimerTests.fired(line) == ["a x 560000", "b y 630000"])
            }
            let lane = LaneID(function: "timers", partition: 0)
            let records = try await line.engine.journal(of: lane, from: 0, limit: 100)
            let ticks = records.filter { $0.tick != nil }
            #expect(ticks.map(\.taken) == [[], []])
            #expect(ticks.map(\.tick?.offset) == [1, 1])
            #expect(ticks.map { $0.watermark?.microseconds } == [560_000_000, 630_000_000])
            // What fired has the event that came last as its cause.
            let outputs = try await line.engine.read(
                StationCursor(station: "out", partition: 0, offset: 0), bounds: ReadBounds())
            #expect((0..<2).map { outputs.cause($0)?.offset } == [1, 1])
        }
    }

    @Test func `an event that comes in time begins the silence anew`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            let clock = Self.clock()
            try await line.whileRunning(clock) { _ in
                try await Self.events(line, TimerTests.event(500_000, "a", "x", at: 503_000))
                // The timer is due after 4 s, and it is silence only after 10.
                try await Self.waits(line, clock, processed: 1, until: 10_000)
                clock.advance(by: .seconds(9))
                try await Self.events(line, TimerTests.event(501_000, "a"))
                try await Self.waits(line, clock, processed: 2, until: 10_000)
                clock.advance(by: .seconds(1))
                try await Self.waits(line, clock, processed: 2, until: 19_000)
                #expect(try await TimerTests.fired(line) == [])
                clock.advance(by: .seconds(9))
                try await Self.waits(line, clock, processed: 2, fired: 1, until: nil)
                #expect(try await TimerTests.fired(line) == ["a x 503000"])
                // Late now: time has come to the timer, and goes on from there.
                try await Self.events(line, TimerTests.event(502_000, "b", "z", at: 502_500))
                try await Self.waits(line, clock, processed: 3, fired: 2, until: nil)
                #expect(try await TimerTests.fired(line).last == "b z 502500")
            }
        }
    }

    @Test func `a function without timers that wait sleeps, and has no host`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            let clock = Self.clock()
            try await line.whileRunning(clock) { _ in
                try await Self.events(line, TimerTests.event(500_000, "a"))
                try await Self.waits(line, clock, processed: 1, until: nil)
            }
            try await line.whileRunning(clock) { _ in
                // A lane that begins looks once, and from then on for nothing.
                try await Self.waits(line, clock, processed: 1, until: 10_000)
                clock.advance(by: .seconds(10))
                try await Self.waits(line, clock, processed: 1, until: nil)
                #expect(line.hosts.alive.isEmpty)
            }
            let lane = LaneID(function: "timers", partition: 0)
            #expect(try await line.engine.journal(of: lane, from: 0, limit: 9).count == 1)
        }
    }

    @Test func `restarts between ticks, and deaths of hosts, leave no trace`() async throws {
        var outputs: [[Event]] = []
        var states: [[Event]] = []
        for restarts in [false, true] {
            try await TestLine.with(["timers": Self.script]) { line in
                let clock = Self.clock()
                var events = (0..<20).map {
                    TimerTests.event(500_000, "k\($0)", "x", at: 520_000 + $0 * 30_000)
                }
                events.append(TimerTests.event(500_001, "k", "again", at: 1))
                try await line.produce("in", timed: events)
                if restarts {
                    for _ in 0..<12 {
                        try await line.whileRunning(clock) { _ in
                            _ = line.hosts.killAll()
                            while clock.awaited.isEmpty {
                                try await Task.sleep(for: .milliseconds(1))
                            }
                            clock.advance(by: .seconds(60))
                        }
                    }
                }
                try await line.whileRunning(clock) { _ in
                    var isDone = false
                    while !isDone {
                        try await Task.sleep(for: .milliseconds(1))
                        if !clock.awaited.isEmpty { clock.advance(by: .seconds(100)) }
                        let isTaken = try await line.counts("timers").processed == 21
                        let waiting = try await line.timers("timers")
                        isDone = isTaken && waiting.isEmpty
                    }
                }
                outputs.append(try await line.events("out"))
                states.append(try await line.events("state.timers"))
            }
        }
        #expect(outputs[0].count == 20)
        #expect(outputs[0] == outputs[1])
        #expect(states[0] == states[1])
    }

    @Test func `of very many that are due each tick fires some, until none is left`() async throws {
        try await TestLine.with(["timers": Self.script]) { line in
            let clock = Self.clock()
            let keys = (0..<700).map { "k\(10_000 + $0)" }
            try await line.produce(
                "in", timed: keys.map { TimerTests.event(500_000, $0, "x", at: 510_000) })
            try await line.whileRunning(clock) { _ in
                try await Self.waits(line, clock, processed: 700, until: 11_001)
                clock.advance(by: .seconds(20))
                try await Self.waits(line, clock, processed: 700, fired: 700, until: nil)
            }
            #expect(try await TimerTests.fired(line) == keys.map { "\($0) x 510000" })
        }
    }

    @Test func `a timer that takes its host along in a tick is a dead letter, and others fire`()
        async throws
    {
        try await TestLine.with(["timers": Self.script]) { line in
            let clock = Self.clock()
            try await Self.events(
                line, TimerTests.event(500_000, "a", "w", at: 510_000),
                TimerTests.event(500_000, "a", "hang", at: 511_000),
                TimerTests.event(500_000, "b", "x", at: 512_000))
            try await line.whileRunning(clock) { _ in
                try await Self.waits(line, clock, processed: 3, until: 11_001)
                clock.advance(by: .seconds(100))
                // Retries wait by the machine's clock.
                try await line.waitForPayloads("out", count: 2)
            }
            #expect(try await TimerTests.fired(line) == ["a w 510000", "b x 512000"])
            let letters = try await line.events("dead.timers")
            #expect(letters.map { $0.header("deadreason") } == ["host-died"])
            #expect(letters.map { $0.header("deadtimer") } == ["hang"])
            let lane = LaneID(function: "timers", partition: 0)
            let records = try await line.engine.journal(of: lane, from: 0, limit: 100)
            let stopped = records.flatMap(\.stopped)
            #expect(stopped.map(\.kind) == [.hostDied])
            #expect(stopped.first?.timer.timer.name == Array("hang".utf8))
        }
    }
}
