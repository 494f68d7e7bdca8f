import MoonrailCore
import Testing

/// How timers are written down, and how far event time has come.
@Suite struct StateTimerTests {
    private static func timer(_ time: Int64, _ name: String) -> StateTimer {
        StateTimer(time: EventTime(microseconds: time), name: Array(name.utf8))
    }

    @Test func `a value without timers is what it was before there were any`() throws {
        let value = StateValue(json: Array("{}".utf8), version: 7)
        #expect(value.encoded == [7, 0, 0, 0] + Array("{}".utf8))
        #expect(value.version == 7 && value.timers.isEmpty)
        #expect(StateValue(encoded: value.encoded) == value)
    }

    @Test func `a value with timers is read as it was written`() throws {
        let timers = [Self.timer(-5, "a"), Self.timer(9, "b")]
        for json in [[], Array(#"{"n":1}"#.utf8)] {
            let value = StateValue(json: json, version: 3, timers: timers.reversed())
            let read = try #require(StateValue(encoded: value.encoded))
            #expect(read.timers == timers)
            #expect(read.version == 3 && Array(read.json) == json)
        }
        let value = StateValue(json: [], timers: timers)
        for count in 0..<value.encoded.count {
            #expect(StateValue(encoded: Array(value.encoded.prefix(count))) == nil)
        }
    }

    @Test func `timers lie in the index in the order in which they fire`() throws {
        let ordered: [(Int64, String, String)] = [
            (.min, "z", "z"), (-1, "a", "a"), (0, "a", "a"), (0, "a", "b"), (0, "a\u{1}", "a"),
            (0, "ab", "a"), (0, "b", "a"), (1, "a", "a"), (.max, "a", "a"),
        ]
        let keys = ordered.map { time, key, name in
            Self.timer(time, name).indexKey(of: Array(key.utf8))
        }
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        for (key, timer) in zip(keys, ordered) {
            let read = try #require(KeyedTimer(indexKey: key))
            #expect(read.timer == Self.timer(timer.0, timer.2))
            #expect(read.key == Array(timer.1.utf8))
        }
        #expect(KeyedTimer(indexKey: Array(repeating: 0, count: 8)) == nil)
    }

    @Test func `event time stays behind the latest event and never goes back`() {
        var watermark = Watermark(lateness: .seconds(1))
        let seconds = { (count: Int64) in EventTime(microseconds: count * 1_000_000) }
        #expect(watermark.encoded == nil)
        watermark.take(.done(emissions: 0..<0), at: seconds(10))
        #expect(watermark.reached == EventTime(microseconds: 8_999_000))
        watermark.take(.done(emissions: 0..<0), at: seconds(5))
        #expect(watermark.reached == EventTime(microseconds: 8_999_000))
        let faults: [(FunctionFault.Kind, Bool)] = FunctionFault.Kind.allCases.map {
            ($0, $0 == .raised || $0 == .rejected)
        }
        for (kind, moves) in faults {
            let outcome = Outcome.failed(FunctionFault(kind: kind, message: ""))
            #expect(outcome.movesTime == moves)
        }
        watermark.take(.failed(FunctionFault(kind: .hostDied, message: "")), at: seconds(20))
        #expect(watermark.reached == EventTime(microseconds: 8_999_000))
        #expect(
            Watermark(lateness: .seconds(1), encoded: watermark.encoded).reached
                == watermark.reached)
        watermark.take(
            .done(emissions: 0..<0), at: EventTime(microseconds: .min))
        #expect(watermark.reached == EventTime(microseconds: 8_999_000))
    }
}
