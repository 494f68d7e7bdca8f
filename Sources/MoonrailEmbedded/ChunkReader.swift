import Foundation
import GRDB
import MoonrailCore

/// Reads the chunks of one partition's table.
struct ChunkReader {
    let partition: Int64

    /// Appends to `records` and `offsets` the events from `offset` on, until `bounds` are reached.
    func read(
        _ database: Database, from offset: UInt64, bounds: ReadBounds,
        into events: inout StoredEvents
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
        while let row = try rows.next() {
            let firstOffset = UInt64(try row.natural("first_offset"))
            let count = Int(try row.natural("count"))
            let skipped = offset > firstOffset ? Int(min(offset - firstOffset, UInt64(count))) : 0
            if skipped == count { continue }
            // Whoever reads what is missing is told (`expectStart`).
            if let last = events.offsets.last, firstOffset != last + 1 { return }
            let appended = try row.withUnsafeData(atIndex: 2) { data in
                try (data ?? Data()).withUnsafeBytes { body in
                    try append(body, count: count, from: skipped, bounds: bounds, to: &events)
                }
            }
            for number in skipped..<skipped + appended {
                events.offsets.append(firstOffset + UInt64(number))
            }
            let isFull =
                events.count >= bounds.events || events.records.bytes.count >= bounds.bytes
            if isFull || skipped + appended < count { return }
        }
    }

    /// Makes sure that `events` begin where they were asked to, or where retention left them.
    ///
    /// - Parameter next: an offset up to which the partition had events before they were read.
    /// - Throws: `corrupt` when offsets are missing.
    func expectStart(
        _ database: Database, of events: StoredEvents, from offset: UInt64, next: UInt64
    ) throws {
        let found = events.offsets.first ?? next
        guard found > offset else { return }
        let removed = try Row.fetchOne(
            database, sql: "SELECT removed_next FROM partition WHERE id = ?",
            arguments: [partition])
        let first = max(offset, UInt64(try removed?.natural("removed_next") ?? Int64(next)))
        guard found > first else { return }
        throw EngineError.corrupt(
            "station '\(events.station)', partition \(events.partition): offsets \(first) to "
                + "\(found - 1) are missing; the file is damaged: " + EngineError.damageAdvice)
    }

    private func append(
        _ body: UnsafeRawBufferPointer, count: Int, from first: Int, bounds: ReadBounds,
        to events: inout StoredEvents
    ) throws -> Int {
        do {
            return try events.records.appendEvents(ofChunk: body, count: count, from: first) {
                // A single event over the bytes is returned alone.
                $0 <= bounds.events && ($1 <= bounds.bytes || $0 == 1)
            }
        } catch {
            throw EngineError.corrupt(
                "station '\(events.station)', partition \(events.partition): the chunk after "
                    + "offset \(events.offsets.last.map(String.init) ?? "start") is damaged: "
                    + "\(error); restore a backup")
        }
    }

    /// One whole chunk.
    func chunk(_ database: Database, first: Int64) throws -> EventRecords {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT count, body FROM chunk_\(partition) WHERE first_offset = ?"),
            arguments: [first])
        var records = EventRecords()
        guard let row else { return records }
        do {
            let count = Int(try row.natural("count"))
            _ = try row.withUnsafeData(atIndex: 1) { data in
                try (data ?? Data()).withUnsafeBytes {
                    try records.appendEvents(ofChunk: $0, count: count, from: 0) { _, _ in true }
                }
            }
        } catch {
            throw EngineError.corrupt(
                "the chunk of offset \(first) in table chunk_\(partition) is damaged: \(error); "
                    + "restore a backup")
        }
        return records
    }

    /// The offset of the first event that was appended at `time` or later; nil when there is none.
    ///
    /// Times never decrease along a partition, so halving finds the chunk.
    func seek(_ database: Database, to time: EventTime, in state: PartitionState) throws -> UInt64?
    {
        guard state.appendedMax >= time.microseconds, state.next > state.earliest else {
            return nil
        }
        let statement = try database.cachedStatement(
            sql: """
                SELECT first_offset, count, appended_max FROM chunk_\(partition)
                WHERE first_offset <= ? ORDER BY first_offset DESC LIMIT 1
                """)
        var low = state.earliest
        var high = state.next - 1
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(statement, arguments: [Int64(middle)]) else { break }
            let first = UInt64(try row.natural("first_offset"))
            if try row.integer("appended_max") < time.microseconds {
                low = max(low + 1, first + UInt64(try row.natural("count")))
            } else if first <= low {
                return low
            } else {
                high = first
            }
        }
        return low
    }
}
