import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct SegmentFormatTests {
    @Test func `parts have the bytes that the format says`() {
        let parts = SegmentParts([
            .init(count: 3, appended: 258, idsAfter: 7), .init(count: 1, appended: -1, idsAfter: 8),
        ])
        #expect(
            parts.encoded == [
                3, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
                1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 8, 0, 0, 0, 0, 0, 0, 0,
            ])
        #expect(parts.encoded.withUnsafeBytes { SegmentParts(encoded: $0) } == parts)
    }

    @Test func `the index finds all events of a key and few others`() {
        var random = SeededGenerator.printed()
        for _ in 0..<100 {
            let keys: [[UInt8]?] = (0..<random.number(0...Bounds.batchEvents)).map { _ in
                random.once(in: 10) ? nil : random.bytes(random.number(0...1))
            }
            let index = KeyIndex(
                EventRecords(
                    keys.map { Event(key: $0, time: EventTime(microseconds: 0), payload: []) }))
            #expect(index.encoded.count == 6 * keys.count { $0 != nil })
            for key in Set(keys.compactMap(\.self) + [random.bytes(9)]) {
                let found = index.encoded.withUnsafeBytes { encoded in
                    KeyIndex.numbers(of: key.withUnsafeBytes(KeyIndex.hash), in: encoded)
                }
                #expect(found == keys.indices.filter { keys[$0] == key })
            }
        }
    }
}
