import Foundation
import GRDB
import MoonrailCore

/// Reads one key's events from a partition, within one snapshot of the store.
///
/// Segments that can't hold the key are passed over by a look at their index; chunks behind the
/// last segment, which are few, are read.
struct KeyReader {
    let partition: Int64
    let key: [UInt8]
    let bounds: ReadBounds

    /// Indexes that one snapshot looks at: about 10 ms, so that long searches let others read and
    /// the write-ahead log be emptied.
    static let segmentsMax = 2_048

    /// Appends to `events` those of the key from `offset` on.
    ///
    /// - Returns: where to go on; nil when `bounds` or the end were reached.
    func read(
        _ database: Database, from offset: UInt64, into events: inout StoredEvents
    ) throws -> UInt64? {
        let hash = key.withUnsafeBytes(KeyIndex.hash)
        let indexes = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT first_offset, keys FROM segment_\(partition)
                    WHERE first_offset >= coalesce((SELECT max(first_offset)
                        FROM segment_\(partition) WHERE first_offset <= ?1), 0)
                    ORDER BY first_offset
                    """), arguments: [Int64(clamping: offset)])
        var seen = 0
        while !events.fills(bounds), let row = try indexes.next() {
            let first = UInt64(try row.natural(0))
            seen += 1
            if seen > Self.segmentsMax { return first }
            let numbers = try row.withUnsafeData(atIndex: 1) { data in
                (data ?? Data()).withUnsafeBytes {
                    KeyIndex.numbers(of: hash, in: $0, first: first)
                }
            }
            if let numbers {
                guard let last = numbers.last, first + UInt64(last) >= offset else { continue }
            }
            let chunk = try ChunkReader(partition: partition).chunk(
                database, first: first, of: events.station, partition: events.partition)
            // Without its index, which may be damaged, a chunk is read like any other.
            take(
                chunk, numbers ?? Array(0..<chunk.count), first: first, from: offset,
                into: &events)
        }
        try readTail(database, from: offset, into: &events)
        return nil
    }

    /// The chunks that no segment covers.
    private func readTail(
        _ database: Database, from offset: UInt64, into events: inout StoredEvents
    ) throws {
        var next = try max(offset, Segment.end(database, partition: partition)?.offset ?? 0)
        let reader = ChunkReader(partition: partition)
        while !events.fills(bounds) {
            var part = StoredEvents(station: events.station, partition: events.partition)
            try reader.read(database, from: next, bounds: ReadBounds(), into: &part)
            guard let first = part.offsets.first, let last = part.offsets.last else { return }
            take(part.records, Array(0..<part.count), first: first, from: next, into: &events)
            next = last + 1
        }
    }

    /// Takes those of the events numbered `numbers` that have the key.
    private func take(
        _ records: EventRecords, _ numbers: [Int], first: UInt64, from offset: UInt64,
        into events: inout StoredEvents
    ) {
        // An index that is damaged may name events that its chunk has not.
        for number in numbers
        where number < records.count && first + UInt64(number) >= offset {
            if events.fills(bounds) { return }
            let isWanted = records.withRecord(number) { record in
                guard let found = record.key, found.elementsEqual(key) else { return false }
                events.records.append(record, origins: records.origins)
                return true
            }
            if isWanted { events.offsets.append(first + UInt64(number)) }
        }
    }
}

extension EmbeddedEngine {
    package func read(
        key: [UInt8], from cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        let partition = try partition(cursor.partition, of: cursor.station)
        let reader = KeyReader(partition: partition.id, key: key, bounds: bounds)
        var found = StoredEvents(station: cursor.station, partition: cursor.partition)
        var offset: UInt64? = cursor.offset
        do {
            while let from = offset {
                (found, offset) = try await reading { [found] database in
                    var found = found
                    let next = try reader.read(database, from: from, into: &found)
                    return (found, next)
                }
            }
            return found
        } catch {
            // The station may have been deleted after it was looked up.
            _ = try self.partition(cursor.partition, of: cursor.station)
            throw error
        }
    }
}
