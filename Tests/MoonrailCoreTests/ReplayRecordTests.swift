import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct ReplayRecordTests {
    private static let inputs: Position = Position(["a": 10, "b": 20])

    @Test func `a replay's record reads back, and nothing else does`() {
        var replay = LaneReplay(
            .fill, from: Self.inputs, to: Position(["a": 100, "b": 21]), isRestoring: true,
            at: EventTime(microseconds: 17), eventsPerSecond: 300)
        replay.found.present = 1
        replay.found.added = 2
        replay.found.differing = 3
        #expect(LaneReplay(encoded: replay.encoded) == replay)
        for count in replay.encoded.indices {
            #expect(LaneReplay(encoded: Array(replay.encoded.prefix(count))) == nil)
        }
        #expect(LaneReplay(encoded: replay.encoded + [0]) == nil)
        for outputs in ReplayOutputs.allCases {
            replay.outputs = outputs
            #expect(LaneReplay(encoded: replay.encoded) == replay)
        }
    }

    @Test func `generations read back, and nothing else does`() {
        var generations = Generations()
        generations.begin(1, at: Self.inputs)
        generations.begin(2, at: Position(["a": 30, "b": 40]))
        #expect(Generations(encoded: generations.encoded) == generations)
        for count in generations.encoded.indices {
            #expect(Generations(encoded: Array(generations.encoded.prefix(count))) == nil)
        }
    }

    @Test func `an event's generation is that of the last replay that began before it`() {
        var generations = Generations()
        #expect(generations.generation(of: "a", at: 5) == 0)
        generations.begin(1, at: Position(["a": 10]))
        generations.begin(2, at: Position(["a": 20]))
        #expect(
            [9, 10, 19, 20, 99].map { generations.generation(of: "a", at: $0) } == [0, 1, 1, 2, 2])
        #expect(generations.run(of: "a", from: 0, in: [8, 9, 10, 11]) == (0, 2))
        #expect(generations.run(of: "a", from: 2, in: [8, 9, 10, 11]) == (1, 4))
        // One that goes back further takes the place of both.
        generations.begin(3, at: Position(["a": 5]))
        #expect(generations.beginnings.count == 1)
        #expect([4, 5, 99].map { generations.generation(of: "a", at: $0) } == [0, 3, 3])
    }

    @Test func `a replay lasts until its lane stands where it stood`() {
        let replay = LaneReplay(
            .append, from: Position(["a": 10, "b": 0]), to: Position(["a": 15, "b": 5]),
            isRestoring: false, at: EventTime(microseconds: 0))
        #expect(replay.events == 10)
        #expect(replay.eventsLeft(at: Position(["a": 12, "b": 9])) == 3)
        #expect(replay.isUnderWay(at: Position(["a": 14, "b": 5])))
        #expect(!replay.isUnderWay(at: Position(["a": 15, "b": 5])))
    }

    @Test func `a journal tells what was taken, as it was taken last`() {
        let one = FunctionVersion(text: String(repeating: "1", count: 64))
        let two = FunctionVersion(text: String(repeating: "2", count: 64))
        var history = LaneHistory()
        history.take(JournalRecord(version: one, taken: [.init(station: "a", first: 0, last: 9)]))
        history.take(
            JournalRecord(
                version: one, taken: [.init(station: "a", first: 10, last: 19)],
                verdicts: [.init(station: "a", offset: 12, kind: .timeLimit)]))
        #expect(history.steps.runs.map(\.last) == [19])
        history.take(
            JournalRecord(
                version: two, taken: [], reset: .init(generation: 1, position: Position(["a": 11])))
        )
        #expect(history.steps.runs.map(\.last) == [10] && history.verdicts.isEmpty)
        history.take(
            JournalRecord(version: two, taken: [.init(station: "a", first: 11, last: 30)]))
        #expect(history.steps.runs.map(\.version) == [one, two])
        #expect(history.steps.runs.map(\.first) == [0, 11])
    }

    @Test func `a journal's record of a reset reads back`() {
        let version = FunctionVersion(text: String(repeating: "1", count: 64))
        let record = JournalRecord(
            version: version, taken: [], reset: .init(generation: 3, position: Self.inputs))
        record.encoded.withUnsafeBytes { #expect(JournalRecord(encoded: $0) == record) }
        for count in record.encoded.indices {
            Array(record.encoded.prefix(count)).withUnsafeBytes {
                #expect(JournalRecord(encoded: $0) == nil)
            }
        }
    }
}
