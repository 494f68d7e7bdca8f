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
            parts.encoded(first: 5).dropFirst(4) == [
                3, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
                1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 8, 0, 0, 0, 0, 0, 0, 0,
            ])
        let encoded = parts.encoded(first: 5)
        #expect(encoded.withUnsafeBytes { SegmentParts(encoded: $0, first: 5) } == parts)
        #expect(encoded.withUnsafeBytes { SegmentParts(encoded: $0, first: 6) } == nil)
    }

    @Test func `what was altered by one bit is refused`() {
        let parts = SegmentParts([.init(count: 3, appended: 258, idsAfter: 7)])
        let index = KeyIndex(EventRecords([Event("x", key: "k")]), first: 9)
        for (encoded, isRead) in [
            (parts.encoded(first: 9), { SegmentParts(encoded: $0, first: 9) != nil }),
            (index.encoded, { KeyIndex.numbers(of: 0, in: $0, first: 9) != nil }),
        ] as [([UInt8], (UnsafeRawBufferPointer) -> Bool)] {
            #expect(encoded.withUnsafeBytes(isRead))
            #expect(!encoded.dropLast().withUnsafeBytes(isRead))
            for bit in 0..<8 * encoded.count {
                var altered = encoded
                altered[bit / 8] ^= 1 << (bit % 8)
                #expect(!altered.withUnsafeBytes(isRead))
            }
        }
        #expect(![UInt8]().withUnsafeBytes { KeyIndex.numbers(of: 0, in: $0, first: 9) != nil })
    }

    @Test func `the index finds all events of a key and few others`() {
        var random = SeededGenerator.printed()
        for _ in 0..<100 {
            let keys: [[UInt8]?] = (0..<random.number(0...Bounds.batchEvents)).map { _ in
                random.once(in: 10) ? nil : random.bytes(random.number(0...1))
            }
            let index = KeyIndex(
                EventRecords(
                    keys.map { Event(key: $0, time: EventTime(microseconds: 0), payload: []) }),
                first: 3)
            #expect(index.encoded.count == 4 + 6 * keys.count { $0 != nil })
            for key in Set(keys.compactMap(\.self) + [random.bytes(9)]) {
                let found = index.encoded.withUnsafeBytes { encoded in
                    KeyIndex.numbers(
                        of: key.withUnsafeBytes(KeyIndex.hash), in: encoded, first: 3)
                }
                #expect(found == keys.indices.filter { keys[$0] == key })
            }
        }
    }
}
