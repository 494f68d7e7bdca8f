import MoonrailCore
import MoonrailTestSupport
import Testing

struct SettlementBuilderTests {
    @Test func `a settlement moves the position of each input that the batch touches`() throws {
        var lane = ScriptedLane()
        let from = Position(["a": 2, "b": 0, "quiet": 9])
        let settlement = try lane.settle(
            [
                StoredEvents("a", from: 2, [Event("1"), Event("2")]),
                StoredEvents("b", [Event("3")]),
            ],
            [.emits("x"), .drops, .emits("y", "z")], from: from)
        #expect(settlement.from == from)
        #expect(settlement.to == Position(["a": 4, "b": 1, "quiet": 9]))
        #expect(
            settlement.journal
                == JournalRecord(
                    version: FunctionVersion(text: "0123456789"),
                    taken: [
                        .init(station: "a", first: 2, last: 3),
                        .init(station: "b", first: 0, last: 0),
                    ]))
        #expect(settlement.counts.processed == 3)
        #expect(settlement.counts.emitted == 3)
        #expect(settlement.counts.dropped == 1)
        #expect(settlement.counts.deadLetters == 0)
        #expect(settlement.appends.count == 1)
        #expect(settlement.appends[0].station == "out")
        #expect(settlement.appends[0].records.texts == ["x", "y", "z"])
        #expect(settlement.appends[0].causes == [0, 2, 2])
    }

    @Test func `a part of a batch is settled with its own events' places and numbers`() throws {
        var lane = ScriptedLane()
        let batch = LaneBatch([
            StoredEvents("a", from: 10, (0..<3).map { Event("a\($0)") }),
            StoredEvents("b", from: 20, (0..<3).map { Event("b\($0)") }),
        ])
        let first = RunReply([.emits("1"), .emits("2")])
        let settled = lane.builder.settlement(
            of: .init(first: 0, outcomes: first.outcomes), in: batch, reply: first,
            from: Position(["a": 10, "b": 20]), at: .scripted)
        #expect(settled.to == Position(["a": 12, "b": 20]))

        let second = RunReply([.emits("3"), .emits("4"), .drops, .emits("6")])
        let rest = lane.builder.settlement(
            of: .init(first: 2, outcomes: second.outcomes), in: batch, reply: second,
            from: settled.to, at: .scripted)
        #expect(rest.from == settled.to)
        #expect(rest.to == Position(["a": 13, "b": 23]))
        #expect(
            rest.journal.taken == [
                .init(station: "a", first: 12, last: 12), .init(station: "b", first: 20, last: 22),
            ])
        #expect(rest.appends[0].causes == [0, 1, 3])
        let causes = StoredEvents(reading: rest.appends[0]).causes
        #expect(causes.map { $0?.offset } == [12, 20, 22])
        #expect(causes.map { $0?.origin.station } == ["a", "b", "b"])
    }

    @Test func `emissions go to the outputs they name, and a quiet output gets nothing`() throws {
        var lane = ScriptedLane(partition: 3, outputs: ["one", "two", "three"])
        let settlement = try lane.settle(
            [StoredEvents("in", partition: 3, [Event("1"), Event("2")])],
            [.emits([(2, Event("c")), (0, Event("a"))]), .emits("d", to: 2)])
        #expect(settlement.appends.map(\.station) == ["one", "three"])
        #expect(settlement.appends.map(\.records.texts) == [["a"], ["c", "d"]])
        #expect(settlement.appends.map(\.causes) == [[0], [0, 1]])
        #expect(settlement.appends.map(\.unkeyedPartition) == [3, 3])
    }

    @Test func `an emission keeps what the script gave it`() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            var lane = ScriptedLane()
            var emitted = random.event()
            if emitted.id?.isDerived == true { emitted.id = nil }
            let settlement = try lane.settle(
                [StoredEvents("in", [random.event()])], [.emits([(0, emitted)])])
            var stored = settlement.appends[0].records.withRecord(0) { $0.event }
            #expect((stored.id?.isDerived == true) == (emitted.id == nil))
            if emitted.id == nil { stored.id = nil }
            #expect(stored == emitted)
        }
    }

    @Test func `emission ids follow from lane, input place and index alone`() throws {
        func ids(_ lane: ScriptedLane, from first: UInt64, script: [ScriptedOutcome]) throws
            -> [EventID?]
        {
            var lane = lane
            let events = script.indices.map { _ in Event("in") }
            let settlement = try lane.settle([StoredEvents("in", from: first, events)], script)
            return settlement.appends[0].records.ids
        }
        let whole = try ids(ScriptedLane(), from: 5, script: [.emits("a", "b"), .emits("c")])
        #expect(Set(whole).count == 3)
        // The same events run again in another batch, with other contents.
        #expect(try ids(ScriptedLane(), from: 6, script: [.emits("z")]) == [whole[2]])
        var source = EmissionIDSource(
            function: "celsius", generation: 0, station: "in", partition: 0)
        #expect(
            whole == [
                source.id(offset: 5, index: 0), source.id(offset: 5, index: 1),
                source.id(offset: 6, index: 0),
            ])
        let replayed = try ids(
            ScriptedLane(generation: 1), from: 5, script: [.emits("a", "b"), .emits("c")])
        #expect(Set(whole).isDisjoint(with: replayed))
    }

    @Test func `two inputs with the same offsets give different ids`() throws {
        var lane = ScriptedLane()
        let settlement = try lane.settle(
            [StoredEvents("a", [Event("1")]), StoredEvents("b", [Event("2")])],
            [.emits("x"), .emits("y")])
        #expect(Set(settlement.appends[0].records.ids).count == 2)
    }

    @Test func `a lane without outputs settles positions and counts`() throws {
        var lane = ScriptedLane(outputs: [])
        let settlement = try lane.settle(
            [StoredEvents("in", [Event("1"), Event("2")])], [.drops, .drops])
        #expect(settlement.appends.isEmpty)
        #expect(settlement.counts.dropped == 2)
        #expect(settlement.to["in"] == 2)
    }
}
