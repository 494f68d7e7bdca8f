import MoonrailCore
import MoonrailTestSupport
import Testing

struct LaneBatchTests {
    private static let batch = LaneBatch([
        part("a", offsets: [4, 5, 6]), part("b", offsets: [0, 10]), part("c", offsets: [7]),
    ])

    private static func part(_ station: StationName, offsets: [UInt64]) -> StoredEvents {
        var records = EventRecords()
        for _ in offsets { records.append(Event(time: EventTime(microseconds: 0), payload: [])) }
        return StoredEvents(station: station, partition: 2, records: records, offsets: offsets)
    }

    @Test(arguments: [
        (0..<6, ["0 0..<3 at 0", "1 0..<2 at 3", "2 0..<1 at 5"]),
        (2..<4, ["0 2..<3 at 0", "1 0..<1 at 3"]),
        (3..<5, ["1 0..<2 at 3"]),
        (5..<6, ["2 0..<1 at 5"]),
        (3..<3, []),
    ])
    func `a range of a batch touches these parts`(range: Range<Int>, parts: [String]) {
        var seen: [String] = []
        Self.batch.forEachPart(in: range) { part, local, base in
            seen.append("\(part) \(local) at \(base)")
        }
        #expect(seen == parts)
    }

    @Test func `the position after some events counts only the stations they are of`() {
        let from = Position(["a": 3, "b": 0, "z": 99])
        #expect(Self.batch.count == 6)
        #expect(Self.batch.position(after: 0, from: from) == from)
        #expect(Self.batch.position(after: 2, from: from).offsets == ["a": 6, "b": 0, "z": 99])
        #expect(Self.batch.position(after: 4, from: from).offsets == ["a": 7, "b": 1, "z": 99])
        #expect(
            Self.batch.position(after: 6, from: from).offsets
                == ["a": 7, "b": 11, "c": 8, "z": 99])
    }

    @Test func `an event without an id is known by its place`() {
        var records = EventRecords()
        records.append(
            Event(id: .text("order-1"), time: EventTime(microseconds: 0), payload: []))
        records.append(Event(time: EventTime(microseconds: 0), payload: []))
        let events = StoredEvents(
            station: "orders.new", partition: 3, records: records, offsets: [7, 9])
        #expect(events.shownID(0) == "order-1")
        #expect(events.shownID(1) == "orders.new/3/9")
        #expect(events.cause(0) == nil)
    }
}
