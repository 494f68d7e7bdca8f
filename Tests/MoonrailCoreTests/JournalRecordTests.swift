import MoonrailCore
import MoonrailTestSupport
import Testing

struct JournalRecordTests {
    private static func record(_ random: inout SeededGenerator) -> JournalRecord {
        let stations: [StationName] = ["a", "readings.fahrenheit", "dead.celsius"]
        var record = JournalRecord(
            version: FunctionVersion(text: random.text(random.number(0...64))),
            taken: (0..<random.number(0...4)).map { _ in
                .init(station: stations[random.number(0...2)], first: random.next(), last: .max)
            },
            verdicts: (0..<random.number(0...4)).map { _ in
                let kinds = FunctionFault.Kind.allCases
                return .init(
                    station: stations[random.number(0...2)], offset: random.next(),
                    kind: kinds[random.number(0...kinds.count - 1)])
            },
            fates: (0..<random.number(0...2)).map { _ in
                let kinds = JournalRecord.LetterFate.Kind.allCases
                return .init(
                    station: stations[random.number(0...2)], offset: random.next(),
                    kind: kinds[random.number(0...kinds.count - 1)])
            }, settled: random.once(in: 3) ? nil : Self.times(&random))
        if random.once(in: 2) { record.watermark = Self.times(&random).lowerBound }
        if random.once(in: 3) { record.tick = InputPlace(station: "a", offset: random.next()) }
        record.stopped = (0..<random.number(0...2)).map { number in
            .init(
                place: InputPlace(station: stations[number], offset: random.next()),
                timer: KeyedTimer(
                    key: Array(random.text(5).utf8),
                    timer: StateTimer(
                        time: Self.times(&random).lowerBound, name: Array(random.text(3).utf8))),
                kind: .hostDied)
        }
        return record
    }

    private static func times(_ random: inout SeededGenerator) -> ClosedRange<EventTime> {
        let times = (0..<2).map { _ in
            EventTime(microseconds: Int64(truncatingIfNeeded: random.next()))
        }
        return min(times[0], times[1])...max(times[0], times[1])
    }

    private static func decoded(_ bytes: [UInt8]) -> JournalRecord? {
        bytes.withUnsafeBytes { JournalRecord(encoded: $0) }
    }

    @Test func `a record has the bytes that the format says`() {
        let record = JournalRecord(
            version: FunctionVersion(text: "v"), taken: [.init(station: "s", first: 1, last: 2)],
            verdicts: [.init(station: "s", offset: 2, kind: .timeLimit)],
            fates: [.init(station: "s", offset: 3, kind: .skipped)])
        #expect(
            record.encoded == [
                2,  // format
                1, 0, 0, 0, 0x76,
                1, 0, 0, 0,
                1, 0, 0, 0, 0x73, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
                1, 0, 0, 0,
                1, 0, 0, 0, 0x73, 2, 0, 0, 0, 0, 0, 0, 0, 4,
                1, 0, 0, 0,
                1, 0, 0, 0, 0x73, 3, 0, 0, 0, 0, 0, 0, 0, 3,
            ])
    }

    @Test func `a record of a settlement that was written has its times at its end`() {
        var record = JournalRecord(version: FunctionVersion(text: "v"), taken: [])
        let bytes = record.encoded
        record.settled = EventTime(microseconds: 258)...EventTime(microseconds: 259)
        #expect(
            record.encoded
                == [3] + bytes.dropFirst()
                + [1, 2, 1, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0])
        record.settled = nil
        #expect(record.encoded == bytes)
        #expect(
            Self.decoded(
                [3] + bytes.dropFirst() + [1, 3, 1, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0])
                == nil)
    }

    @Test func `a record of a tick says so at its end, and what was stopped in it`() {
        var record = JournalRecord(version: FunctionVersion(text: "v"), taken: [])
        let bytes = record.encoded
        record.watermark = EventTime(microseconds: 258)
        record.tick = InputPlace(station: "s", offset: 7)
        #expect(
            record.encoded
                == [3] + bytes.dropFirst()
                + [12, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x73, 7, 0, 0, 0, 0, 0, 0, 0])
        let timer = StateTimer(time: EventTime(microseconds: 9), name: Array("n".utf8))
        record.stopped = [
            .init(
                place: InputPlace(station: "s", offset: 7),
                timer: KeyedTimer(key: Array("k".utf8), timer: timer), kind: .timeLimit)
        ]
        #expect(
            record.encoded.suffix(36) == [
                1, 0, 0, 0, 1, 0, 0, 0, 0x73, 7, 0, 0, 0, 0, 0, 0, 0,
                9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x6b, 1, 0, 0, 0, 0x6e, 4,
            ])
        #expect(Self.decoded([3] + bytes.dropFirst() + [32]) == nil)
    }

    @Test func `random records come back from their bytes`() {
        var random = SeededGenerator.printed()
        for _ in 0..<1_000 {
            let record = Self.record(&random)
            #expect(Self.decoded(record.encoded) == record)
        }
    }

    @Test func `a record that is cut off or followed by more is none`() {
        var random = SeededGenerator.printed()
        for _ in 0..<50 {
            let bytes = Self.record(&random).encoded
            for count in 0..<bytes.count {
                #expect(Self.decoded(Array(bytes.prefix(count))) == nil)
            }
            #expect(Self.decoded(bytes + [0]) == nil)
        }
    }

    @Test func `a record of another format or with an unknown verdict is none`() {
        let record = JournalRecord(
            version: FunctionVersion(text: "v"), taken: [],
            verdicts: [.init(station: "s", offset: 2, kind: .hostDied)])
        var bytes = record.encoded
        bytes[bytes.count - 5] = 99
        #expect(Self.decoded(bytes) == nil)
        #expect(Self.decoded([4] + record.encoded.dropFirst()) == nil)
    }

    @Test func `a record of the first format, which had no fates, is read`() {
        let record = JournalRecord(
            version: FunctionVersion(text: "v"), taken: [.init(station: "s", first: 1, last: 2)])
        #expect(Self.decoded([1] + record.encoded.dropFirst().dropLast(4)) == record)
    }

    @Test func `a record that somebody altered never crashes its reader`() {
        var random = SeededGenerator.printed()
        for _ in 0..<5_000 {
            var bytes = Self.record(&random).encoded
            bytes[random.number(0...bytes.count - 1)] = UInt8.random(in: 0...255, using: &random)
            _ = Self.decoded(bytes)
        }
    }
}
