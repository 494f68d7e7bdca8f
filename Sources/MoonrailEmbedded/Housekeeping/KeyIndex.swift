import MoonrailCore

/// Which events of a chunk may have a key: 32 bits of each key's hash, sorted, and beside each the
/// number of its event in the chunk.
///
/// Stored as a checksum (`SegmentChecksum`), all hashes (u32), then all numbers (u16),
/// little-endian: 6 bytes a keyed event. Two keys may share a hash, so that what it finds is
/// compared with the key itself.
package struct KeyIndex: Sendable {
    private static let entryBytes = 6

    package let encoded: [UInt8]

    /// The index of the chunk that starts at offset `first`, of at most 65,536 events.
    package init(_ records: EventRecords, first: UInt64) {
        var entries: [UInt64] = []
        entries.reserveCapacity(records.count)
        records.forEachRecord { number, record in
            guard let key = record.key else { return }
            entries.append(UInt64(Self.hash(key)) << 16 | UInt64(number))
        }
        entries.sort()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * Self.entryBytes)
        for entry in entries { bytes.appendLittleEndian(UInt32(entry >> 16)) }
        for entry in entries { bytes.appendLittleEndian(UInt16(truncatingIfNeeded: entry)) }
        encoded = SegmentChecksum.sealed(bytes, first: first)
    }

    /// What a key is looked for by.
    package static func hash(_ key: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: contentHash(key))
    }

    /// The numbers of the events that may have a key, increasing; nil when `encoded` is not the
    /// index of the chunk that starts at `first`.
    package static func numbers(
        of hash: UInt32, in encoded: UnsafeRawBufferPointer, first: UInt64
    ) -> [Int]? {
        guard let bytes = SegmentChecksum.content(encoded, first: first) else { return nil }
        let count = bytes.count / entryBytes
        func entry(_ place: Int) -> UInt32 { bytes.littleEndian(UInt32.self, at: 4 * place) }
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if entry(middle) < hash { low = middle + 1 } else { high = middle }
        }
        var numbers: [Int] = []
        while low < count, entry(low) == hash {
            numbers.append(Int(bytes.littleEndian(UInt16.self, at: 4 * count + 2 * low)))
            low += 1
        }
        return numbers
    }
}
