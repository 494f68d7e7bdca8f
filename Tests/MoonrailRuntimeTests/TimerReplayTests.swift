import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// History of functions with timers: compared, filled in, and run again from any place.
@Suite(.serialized) struct TimerReplayTests {
    private static func inputs(_ count: Int, _ random: inout SeededGenerator) -> [TimerModel.Input]
    {
        (0..<count).map { .random($0, using: &random) }
    }

    private static func produce(_ line: TestLine, _ inputs: [TimerModel.Input]) async throws {
        try await line.produce("in", timed: inputs.map { TimedEvent($0.time, $0.payload) })
        try await line.runUntilIdle()
    }

    private static func payloads(_ events: [Event]) -> [String] {
        events.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    @Test func `a history with timers that runs again gives the same bytes, from any place`()
        async throws
    {
        var random = SeededGenerator.printed()
        try await TestLine.with(["timers": TimerModel.script(batch: 64)]) { line in
            try await Self.produce(line, Self.inputs(700, &random))
            try line.write("timers", TimerModel.script(batch: 7))
            try await Self.produce(line, Self.inputs(100, &random))
            let outputs = try await line.events("out").count + line.events("dead.timers").count
            let (whole, _) = try await HistoryComparisonTests.compare(line, "timers")
            #expect(whole.isEqual && whole.counts.same == UInt64(outputs))
            for _ in 0..<6 {
                let offset = UInt64(random.number(0...799))
                let (part, differences) = try await HistoryComparisonTests.compare(
                    line, "timers", from: .offset(offset))
                #expect(part.isEqual && part.events == 800 - offset, "from \(offset)")
                #expect(differences.isEmpty)
            }
        }
    }

    @Test func `what another on_timer would do is told output by output`() async throws {
        var random = SeededGenerator.printed()
        try await TestLine.with(["timers": TimerModel.script(batch: 64)]) { line in
            try await Self.produce(line, Self.inputs(500, &random))
            let fired = try await line.payloads("out").filter { $0.contains(#""name":"#) }
            let named = fired.filter { $0.contains(#""name":"a","#) || $0.contains(#""a"}"#) }
            let changed = TimerModel.script(batch: 64).replacing(
                "return { k = timer.key, name = timer.name,",
                with: #"return { k = timer.key, name = timer.name .. (timer.name == "a" and "!" "#
                    + #"or ""),"#)
            let (report, differences) = try await HistoryComparisonTests.compare(
                line, "timers", script: changed)
            #expect(report.counts.changed == UInt64(named.count))
            #expect(report.counts.added == 0 && report.counts.missing == 0)
            #expect(differences.allSatisfy { $0.places.count == 1 })
            let silent = TimerModel.script(batch: 64).replacing(
                "return { k = timer.key, name", with: "local unused = { k = timer.key, name")
            let (missing, _) = try await HistoryComparisonTests.compare(
                line, "timers", script: silent)
            #expect(missing.counts.missing == UInt64(fired.count))
            #expect(missing.counts.added == 0 && missing.counts.changed == 0)
        }
    }

    @Test
    func `wherever its lane is moved back to, a function with timers goes on as it did there`()
        async throws
    {
        var random = SeededGenerator.printed()
        try await TestLine.with(["timers": TimerModel.script(batch: 64)]) { line in
            let inputs = Self.inputs(300, &random)
            try await Self.produce(line, inputs)
            let before = try await line.events("out")
            let states = try await StateTests.state(line, "timers")
            let timers = try await line.timers("timers")
            // What each event, and what fired after it, gave.
            let outputs = try await line.engine.read(
                StationCursor(station: "out", partition: 0, offset: 0),
                bounds: ReadBounds(events: 10_000, bytes: 1 << 24))
            var expected = before
            for round in 0..<6 {
                let offset = UInt64(random.number(0...299))
                try await ReplayTests.reset(line, "timers", to: .offset(offset), .append)
                try await line.runUntilIdle()
                expected += before.indices.filter { (outputs.cause($0)?.offset ?? 0) >= offset }
                    .map { before[$0] }
                #expect(
                    try await line.payloads("out") == Self.payloads(expected),
                    "round \(round) to \(offset)")
                #expect(try await StateTests.state(line, "timers") == states)
                #expect(try await line.timers("timers") == timers)
            }
            let (report, _) = try await HistoryComparisonTests.compare(line, "timers")
            #expect(report.isEqual)
        }
    }

    @Test func `what timers would have emitted is filled in where it is missing`() async throws {
        var random = SeededGenerator.printed()
        let script = TimerModel.script(batch: 64)
        let silent = script.replacing(
            "return { k = timer.key, name",
            with: #"if timer.name == "a" then return nil end return { k = timer.key, name"#)
        let inputs = Self.inputs(400, &random)
        var whole: [Event] = []
        try await TestLine.with(["timers": script]) { line in
            try await Self.produce(line, inputs)
            whole = try await line.events("out")
        }
        try await TestLine.with(["timers": silent]) { line in
            try await Self.produce(line, inputs)
            let before = try await line.events("out")
            let letters = try await line.events("dead.timers")
            try line.write("timers", script)
            try await ReplayTests.reset(line, "timers", to: .offset(50), .fill)
            try await line.runUntilIdle()
            try await ReplayTests.reset(line, "timers", to: .earliest, .fill)
            try await line.runUntilIdle()
            let after = try await line.events("out")
            #expect(Array(after.prefix(before.count)) == before)
            #expect(Set(after.map(\.id)) == Set(whole.map(\.id)))
            #expect(after.count == whole.count)
            #expect(try await line.events("dead.timers") == letters)
            #expect(try await ReplayTests.replay(line, "timers")?.found.differing == 0)
            let (report, _) = try await HistoryComparisonTests.compare(
                line, "timers", script: script)
            #expect(report.isEqual)
        }
    }

    @Test func `what the clock did is repeated where it was, whatever the clock says`()
        async throws
    {
        try await TestLine.with(["timers": IdleTimerTests.script]) { line in
            let clock = IdleTimerTests.clock()
            try await line.whileRunning(clock) { _ in
                try await IdleTimerTests.events(
                    line, TimerTests.event(500_000, "a", "x", at: 530_000),
                    TimerTests.event(500_000, "b", "x", at: 560_000))
                try await IdleTimerTests.waits(line, clock, processed: 2, until: 31_001)
                clock.advance(by: .milliseconds(31_001))
                try await IdleTimerTests.waits(line, clock, processed: 2, fired: 1, until: 61_001)
                clock.advance(by: .milliseconds(30_000))
                try await IdleTimerTests.waits(line, clock, processed: 2, fired: 2, until: nil)
                // Late now, so that its timer fires at once.
                try await IdleTimerTests.events(
                    line, TimerTests.event(510_000, "c", "x", at: 540_000),
                    TimerTests.event(600_000, "c", "y", at: 700_000))
                try await IdleTimerTests.waits(line, clock, processed: 4, fired: 3, until: 162_002)
                clock.advance(by: .seconds(200))
                try await IdleTimerTests.waits(line, clock, processed: 4, fired: 4, until: nil)
            }
            let fired = ["a x 530000", "b x 560000", "c x 540000", "c y 700000"]
            #expect(try await TimerTests.fired(line) == fired)
            let states = try await StateTests.state(line, "timers")
            for offset in UInt64(0)..<4 {
                let (report, _) = try await HistoryComparisonTests.compare(
                    line, "timers", from: .offset(offset))
                #expect(report.isEqual, "from \(offset)")
            }
            let (whole, _) = try await HistoryComparisonTests.compare(line, "timers")
            #expect(whole.counts.same == 4)
            // Once more, by a clock that stands still.
            try await ReplayTests.reset(line, "timers", to: .earliest, .append)
            try await line.whileRunning(clock) { _ in
                try await line.waitForPayloads("out", count: 8)
            }
            #expect(try await TimerTests.fired(line) == fired + fired)
            #expect(try await StateTests.state(line, "timers") == states)
            // From between the two, in front of what the ticks made late, and filled in.
            try await ReplayTests.reset(line, "timers", to: .offset(2), .append)
            try await line.whileRunning(clock) { _ in
                try await line.waitForPayloads("out", count: 10)
            }
            #expect(try await TimerTests.fired(line) == fired + fired + fired.suffix(2))
            try await ReplayTests.reset(line, "timers", to: .offset(1), .fill)
            try await line.whileRunning(clock) { _ in
                let deadline = ContinuousClock.now + .seconds(60)
                while try await ReplayTests.replay(line, "timers")?.found.present != 4 {
                    try #require(ContinuousClock.now < deadline, "it never found all four")
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            #expect(try await TimerTests.fired(line).count == 10)
            #expect(try await StateTests.state(line, "timers") == states)
        }
    }

    @Test func `what the machine stopped in a firing holds`() async throws {
        try await TestLine.with(["timers": TimerTests.script]) { line in
            try await line.produce(
                "in",
                timed: [
                    TimerTests.event(1_000, "a", "spin", at: 2_000),
                    TimerTests.event(1_000, "a", "x", at: 2_000), TimerTests.event(4_000, "b"),
                ])
            try await line.runUntilIdle()
            let (report, _) = try await HistoryComparisonTests.compare(line, "timers")
            #expect(report.isEqual && report.counts.same == 2)
            // A script that could do it is not asked.
            let mended = TimerTests.script.replacing(
                "while true do end", with: #"return { mended = true }"#)
            let (other, _) = try await HistoryComparisonTests.compare(
                line, "timers", script: mended)
            #expect(other.isEqual)
        }
    }
}
