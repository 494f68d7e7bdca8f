import MoonrailCore
import MoonrailTestSupport
import Testing

struct DeadLetterTests {
    private func letter(
        of event: Event, _ fault: FunctionFault
    ) throws -> (settlement: Settlement, letter: Event, cause: Cause) {
        var lane = ScriptedLane()
        let settlement = try lane.settle([StoredEvents("in", from: 4, [event])], [.fails(fault)])
        let append = try #require(settlement.appends.first)
        let cause = try #require(StoredEvents(reading: append).cause(0))
        return (settlement, append.records.withRecord(0) { $0.event }, cause)
    }

    @Test func `a dead letter is the original with the reason in its headers`() throws {
        let original = Event(
            id: .text("order-1"), key: Array("k".utf8), time: EventTime(microseconds: 5),
            type: "order", headers: [.init("a", "b")], payload: [1, 2, 3], isJSON: false)
        let fault = FunctionFault(kind: .raised, message: "f.lua:1: no", traceback: "at f.lua:1")
        let (settlement, letter, cause) = try letter(of: original, fault)
        #expect(settlement.appends.map(\.station) == ["dead.celsius"])
        #expect(settlement.appends[0].causes == [0])
        #expect(letter.key == original.key)
        #expect(letter.time == original.time)
        #expect(letter.type == original.type)
        #expect(letter.payload == original.payload)
        #expect(letter.isJSON == original.isJSON)
        #expect(
            letter.headers == [
                .init("a", "b"), .init("deadreason", "raised"), .init("deadmessage", "f.lua:1: no"),
                .init("deadtraceback", "at f.lua:1"), .init("deadattempts", "1"),
                .init("deadtime", "2026-01-02T03:04:05Z"), .init("deadinputs", "{}"),
            ])
        #expect(letter.id?.isDerived == true)
        #expect(cause.offset == 4)
        #expect(cause.emission == SettlementBuilder.deadLetterEmission)
        #expect(cause.causationID == .text("order-1"))
        #expect(cause.origin.function == "celsius")
        #expect(cause.origin.version.text == "0123456789")
    }

    @Test func `dead letters stand beside the emissions of the events around them`() throws {
        var lane = ScriptedLane()
        let fault = FunctionFault(kind: .rejected, message: "sensor fault")
        let settlement = try lane.settle(
            [StoredEvents("in", (0..<4).map { Event("\($0)") })],
            [.emits("a"), .fails(fault), .drops, .fails(fault)])
        #expect(settlement.appends.map(\.station) == ["out", "dead.celsius"])
        #expect(settlement.appends[1].records.texts == ["1", "3"])
        #expect(settlement.appends[1].causes == [1, 3])
        #expect(Set(settlement.appends[1].records.ids).count == 2)
        #expect(settlement.counts.processed == 4)
        #expect(settlement.counts.emitted == 1)
        #expect(settlement.counts.dropped == 1)
        #expect(settlement.counts.deadLetters == 2)
        #expect(settlement.journal.verdicts.isEmpty, "the inputs alone tell it")
    }

    @Test(arguments: [
        FunctionFault.Kind.memoryLimit, .timeLimit, .outputLimit, .hostDied,
    ])
    func `what the machine said of an event is in the journal`(kind: FunctionFault.Kind) throws {
        var lane = ScriptedLane()
        let batch = LaneBatch([StoredEvents("in", from: 9, [Event("1")])])
        let settlement = lane.builder.settlement(
            of: .init(first: 0, outcomes: [.failed(kind, attempts: 2)]), in: batch, reply: nil,
            from: Position(), at: .scripted)
        #expect(settlement.journal.verdicts == [.init(station: "in", offset: 9, kind: kind)])
        let headers = settlement.appends[0].records.withRecord(0) { $0.headers }
        #expect(headers.contains(.init("deadreason", kind.name)))
        #expect(headers.contains(.init("deadattempts", "2")))
    }

    @Test func `a dead letter that fails again describes its last failure`() throws {
        let first = try letter(
            of: Event("x"), FunctionFault(kind: .raised, message: "first", traceback: "t")
        ).letter
        let second = try letter(of: first, FunctionFault(kind: .rejected, message: "second")).letter
        #expect(second.headers.filter { $0.name == "deadreason" }.map(\.value) == ["rejected"])
        #expect(second.headers.filter { $0.name == "deadmessage" }.map(\.value) == ["second"])
        #expect(!second.headers.contains { $0.name == "deadtraceback" })
    }

    @Test func `long messages are cut`() throws {
        let long = "x" + String(repeating: "€", count: 5_000)
        let headers = try letter(
            of: Event("x"), FunctionFault(kind: .raised, message: long, traceback: long)
        ).letter.headers
        for name in ["deadmessage", "deadtraceback"] {
            let value = try #require(headers.first { $0.name == name }?.value)
            #expect(value.utf8.count <= 1_810)
            #expect(value.hasPrefix("x€€"))
            #expect(value.hasSuffix("€…"), "it is cut between two characters")
        }
    }

    @Test(arguments: [
        [16_000], [16_381], [8_000, 8_000], [4_000, 4_000, 4_000, 4_000], [10, 16_000],
    ])
    func `the original's headers give way when there is no room`(sizes: [Int]) throws {
        var original = Event("x")
        original.headers = sizes.enumerated().map {
            .init("h\($0)", String(repeating: "v", count: $1 - 5))
        }
        let long = String(repeating: "m", count: 5_000)
        for traceback in ["", long] {
            let fault = FunctionFault(kind: .raised, message: long, traceback: traceback)
            let settlement = try letter(of: original, fault).settlement
            let bytes = settlement.appends[0].records.withRecord(0) { $0.headersField.count }
            #expect(bytes <= Bounds.headersBytes)
            let headers = settlement.appends[0].records.withRecord(0) { $0.headers }
            #expect(headers.contains(.init("deadreason", "raised")))
            let kept = headers.filter { $0.name.hasPrefix("h") }
            #expect(kept == Array(original.headers.prefix(kept.count)), "the last ones go first")
        }
    }

    @Test func `a type that is no UTF-8 stays as it was`() throws {
        var records = EventRecords()
        records.append(Event("x", type: String(repeating: "t", count: 255)))
        var bytes = records.bytes
        for place in 24..<24 + 255 { bytes[place] = 0xff }
        let input: EventRecords = try bytes.withUnsafeBytes {
            var input = EventRecords()
            input.append(try #require(EventRecord(startOf: $0)))
            return input
        }
        let part = StoredEvents(station: "in", partition: 0, records: input, offsets: [0])
        var lane = ScriptedLane()
        let fault = FunctionFault(kind: .raised, message: "why")
        let settlement = try lane.settle([part], [.fails(fault)])
        let type = settlement.appends[0].records.withRecord(0) { Array($0.typeField) }
        #expect(type == [UInt8](repeating: 0xff, count: 255))
    }
}
