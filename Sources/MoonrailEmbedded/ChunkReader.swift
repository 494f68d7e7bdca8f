import Foundation
import GRDB
import MoonrailCore

/// Reads the chunks of one partition's table, within one snapshot of the store.
struct ChunkReader {
    let partition: Int64

    /// Appends to `events` those from `offset` on, until `bounds` are reached.
    ///
    /// - Parameter visit: called with each chunk that was read for them.
    func read(
        _ database: Database, from offset: UInt64, bounds: ReadBounds,
        into events: inout StoredEvents, visit: (StoredChunk) -> Void
    ) throws {
        // The chunk that holds the offset starts at it or before it.
        let statement = try database.cachedStatement(
            sql: """
                SELECT first_offset, count, body FROM chunk_\(partition)
                WHERE first_offset >= coalesce(
                    (SELECT max(first_offset) FROM chunk_\(partition) WHERE first_offset <= ?1), 0)
                ORDER BY first_offset
                """)
        let rows = try Row.fetchCursor(statement, arguments: [Int64(clamping: offset)])
        while !events.fills(bounds), let row = try rows.next() {
            let first = UInt64(row[0] as Int64)
            let count: Int = row[1]
            // Behind the end of the partition, when nothing follows its last chunk.
            if first + UInt64(count) <= offset { continue }
            // What came from memory may end where retention has removed what follows by now; what
            // one read gives has no holes.
            if let last = events.offsets.last, last + 1 < first { return }
            let chunk = try decode(row, first: first, count: count, of: events)
            visit(chunk)
            if !events.take(chunk, from: max(first, offset), within: bounds) { return }
        }
    }

    private func decode(
        _ row: Row, first: UInt64, count: Int, of events: StoredEvents
    ) throws -> StoredChunk {
        do {
            return StoredChunk(first: first, records: try decode(row, body: 2, count: count))
        } catch let error as EventRecords.CorruptChunk {
            throw EngineError.corrupt(
                "station '\(events.station)', partition \(events.partition): the chunk after "
                    + "offset \(events.offsets.last.map(String.init) ?? "start") is damaged: "
                    + "\(error); restore a backup")
        }
    }

    private func decode(_ row: Row, body: Int, count: Int) throws -> EventRecords {
        var records = EventRecords()
        _ = try row.withUnsafeData(atIndex: body) { data in
            try (data ?? Data()).withUnsafeBytes {
                try records.appendEvents(ofChunk: $0, count: count, from: 0) { _, _ in true }
            }
        }
        return records
    }

    /// One whole chunk.
    func chunk(_ database: Database, first: Int64) throws -> EventRecords {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT count, body FROM chunk_\(partition) WHERE first_offset = ?"),
            arguments: [first])
        guard let row else { return EventRecords() }
        do {
            return try decode(row, body: 1, count: row[0])
        } catch let error as EventRecords.CorruptChunk {
            throw EngineError.corrupt(
                "the chunk of offset \(first) in table chunk_\(partition) is damaged: \(error); "
                    + "restore a backup")
        }
    }

    /// The offset of the first event that was appended at `time` or later; nil when there is none.
    ///
    /// Times never decrease along a partition, so halving finds the chunk, and the times of its
    /// parts find the place in one that was merged.
    func seek(_ database: Database, to time: EventTime) throws -> UInt64? {
        let ends = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT min(first_offset), max(first_offset) FROM chunk_\(partition)"))
        guard let ends, let lowest = ends[0] as Int64?, var high = ends[1] as Int64? else {
            return nil
        }
        var low = lowest
        let statement = try database.cachedStatement(
            sql: """
                SELECT first_offset, count, appended_max FROM chunk_\(partition)
                WHERE first_offset <= ? ORDER BY first_offset DESC LIMIT 1
                """)
        // The chunk that is sought starts at `low` or later, and at `high` or before, or nowhere.
        while let row = try Row.fetchOne(statement, arguments: [low + (high - low) / 2]) {
            let first: Int64 = row[0]
            if (row[2] as Int64) < time.microseconds {
                low = first + (row[1] as Int64)
                if low > high { return nil }
            } else if first <= low {
                break
            } else {
                high = first
            }
        }
        let parts = try Segment.parts(database, partition: partition, first: low)
        return UInt64(low) + parts.events(before: time)
    }
}
