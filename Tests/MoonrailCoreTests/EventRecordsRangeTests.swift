import MoonrailCore
import MoonrailTestSupport
import Testing

struct EventRecordsRangeTests {
    private static func batch(_ random: inout SeededGenerator) -> EventRecords {
        var records = EventRecords()
        for _ in 0..<random.number(0...30) {
            let event = random.event()
            guard random.once(in: 2) else {
                records.append(event)
                continue
            }
            records.append(
                event,
                cause: Cause(
                    origin: Origin(
                        function: random.once(in: 2) ? "f" : "g",
                        version: FunctionVersion(text: "v"),
                        generation: UInt32(random.number(0...3)), station: "in", partition: 0),
                    offset: UInt64(random.number(0...99)), emission: 0, causationID: nil,
                    correlationID: nil))
        }
        return records
    }

    private static func causes(_ records: EventRecords) -> [Cause?] {
        StoredEvents(
            station: "a", partition: 0, records: records,
            offsets: Array(0..<UInt64(records.count))
        ).causes
    }

    @Test func `ranges of batches joined are the same as their events one by one`() {
        var random = SeededGenerator.printed()
        for _ in 0..<300 {
            var joined = EventRecords()
            var single = EventRecords()
            for _ in 0..<random.number(1...5) {
                let batch = Self.batch(&random)
                let start = random.number(0...batch.count)
                let range = start..<random.number(start...batch.count)
                joined.append(batch, range)
                batch.forEachRecord(in: range) { _, record in
                    single.append(record, origins: batch.origins)
                }
            }
            #expect(joined.events == single.events)
            #expect(joined.starts == single.starts)
            #expect(Self.causes(joined) == Self.causes(single))
            #expect(joined.byteRange(0..<joined.count).count == joined.bytes.count)
        }
    }
}
