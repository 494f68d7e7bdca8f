import MoonrailCore
import MoonrailTestSupport
import Testing

struct EventRecordTests {
    @Test func `an event with every attribute has the bytes that the format says`() {
        var records = EventRecords()
        records.append(
            Event(
                id: .text("i"), key: [0x6b], time: EventTime(microseconds: 0x0102), type: "t",
                headers: [.init("n", "v")], payload: [0x7b, 0x7d]))
        #expect(
            records.bytes == [
                30, 0, 0, 0,  // bytes that follow
                3, 1, 1, 0,  // JSON and keyed; length of the type; length of the key
                2, 1, 0, 0, 0, 0, 0, 0,  // time
                5, 0, 0, 0, 1, 0, 0, 0,  // lengths of headers, origin, id; zero
                0x69, 0x6b, 0x74,  // id, key, type
                1, 1, 0, 0x6e, 0x76,  // header
                0x7b, 0x7d,  // payload
            ])
    }

    @Test func `no key and an empty key are not the same`() {
        var records = EventRecords()
        records.append(Event(time: EventTime(microseconds: 0), payload: []))
        records.append(Event(key: [], time: EventTime(microseconds: 0), payload: []))
        #expect(records.withRecord(0) { $0.key == nil })
        #expect(records.withRecord(1) { $0.key.map(Array.init) } == [])
    }

    @Test func `random events come back from their records`() {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            let events = (0..<random.number(0...40)).map { _ in random.event() }
            var records = EventRecords()
            for event in events { records.append(event) }
            #expect(records.events == events)
            var seen: [Int] = []
            records.forEachRecord { number, record in
                seen.append(number)
                #expect(record.event == events[number])
                #expect(record.origin == nil)
            }
            #expect(seen == Array(events.indices))
        }
    }

    @Test func `records can be walked from any one to any other`() {
        var records = EventRecords()
        for number in 0..<10 {
            records.append(Event(time: EventTime(microseconds: Int64(number)), payload: []))
        }
        var times: [Int64] = []
        records.forEachRecord(in: 3..<6) { times.append($1.time.microseconds + Int64($0) * 100) }
        #expect(times == [303, 404, 505])
    }

    @Test func `a copy of a record is the record`() {
        var random = SeededGenerator.printed()
        var records = EventRecords()
        for _ in 0..<50 { records.append(random.event()) }
        var copies = EventRecords()
        records.forEachRecord { _, record in copies.append(record) }
        #expect(copies.bytes == records.bytes)
        #expect(copies.starts == records.starts)
    }

    @Test func `headers are walked until nobody wants more`() {
        var records = EventRecords()
        records.append(
            Event(
                time: EventTime(microseconds: 0),
                headers: [.init("a", "1"), .init("b", ""), .init("c", "3")], payload: []))
        var names: [String] = []
        records.withRecord(0) {
            $0.forEachHeader { name, _ in
                names.append(String(decoding: name, as: UTF8.self))
                return names.count < 2
            }
        }
        #expect(names == ["a", "b"])
    }

    @Test func `every prefix of a record is refused`() throws {
        let bytes = EmittedRecord.example.bytes
        for count in 0..<bytes.count {
            #expect(!Self.isRecord(Array(bytes.prefix(count))), "\(count) of \(bytes.count)")
        }
        #expect(Self.isRecord(bytes))
        #expect(Self.isRecord(bytes + [1, 2, 3]), "more may follow")
    }

    @Test func `a derived id of another length than 16 bytes is refused`() {
        for place in ["id", "causation", "correlation"] {
            var bytes = EmittedRecord.example.bytes
            switch place {
            case "id":
                // One byte of the id is given to the key.
                bytes.storeLittleEndian(UInt16(15), at: 20)
                bytes.storeLittleEndian(bytes.number(at: 6) + 1, at: 6)
            case "causation":
                let at = EmittedRecord.example.originStart
                bytes.storeLittleEndian(UInt16(0x8000 | 4), at: at + 12)
                bytes.storeLittleEndian(UInt16(0x8000 | 28), at: at + 14)
            default:
                let at = EmittedRecord.example.originStart
                bytes.storeLittleEndian(UInt16(32), at: at + 12)
                bytes.storeLittleEndian(UInt16(0x8000), at: at + 14)
            }
            #expect(!Self.isRecord(bytes), "\(place)")
        }
    }

    @Test func `bytes that somebody altered are refused or read, and never more than they are`() {
        var random = SeededGenerator.printed()
        for _ in 0..<20_000 {
            var bytes: [UInt8]
            switch random.number(0...3) {
            case 0: bytes = random.bytes(random.number(0...100))
            case 1: bytes = EmittedRecord.example.bytes
            default:
                var records = EventRecords()
                records.append(random.event(payloadBytesMax: 40))
                bytes = records.bytes
            }
            for _ in 0..<random.number(0...4) where !bytes.isEmpty {
                bytes[random.number(0...bytes.count - 1)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if random.once(in: 3) { bytes.removeLast(random.number(0...bytes.count)) }
            // An array of its own, so that reading past its end would be seen by the allocator.
            Self.readAll(bytes)
        }
    }

    /// Reads every field of the record at the start of `bytes`, if there is one.
    private static func readAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            guard let record = EventRecord(startOf: buffer) else { return }
            #expect(record.bytes.count <= buffer.count)
            _ = record.event
            guard let origin = record.origin else { return }
            for field in [origin.causation, origin.correlation] {
                #expect(!field.isDerived || field.bytes.isEmpty || field.bytes.count == 16)
                _ = field.id
            }
        }
    }

    private static func isRecord(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { EventRecord(startOf: $0) != nil }
    }
}

/// A record with an origin block and three derived ids.
private enum EmittedRecord {
    static let example: (bytes: [UInt8], originStart: Int) = {
        var records = EventRecords()
        let event = Event(
            id: .derived(high: 1, low: 2), key: Array("key".utf8),
            time: EventTime(microseconds: 3), type: "t", headers: [.init("a", "b")],
            payload: Array("{}".utf8))
        let origin = Origin(
            function: "f", version: FunctionVersion(text: "v"), generation: 0, station: "s",
            partition: 0)
        records.append(
            event,
            cause: Cause(
                origin: origin, offset: 4, emission: 5, causationID: .derived(high: 6, low: 7),
                correlationID: .derived(high: 8, low: 9)))
        return (records.bytes, records.bytes.count - 2 - 48)
    }()
}

extension [UInt8] {
    fileprivate func number(at index: Int) -> UInt16 {
        UInt16(self[index]) | UInt16(self[index + 1]) << 8
    }
}
