import Foundation
import GRDB
import MoonrailCore

/// Reads the chunks of one partition's table.
struct ChunkReader {
    let partition: Int64

    /// Appends to `records` and `offsets` the events from `offset` on, until `bounds` are reached
    /// or the next chunk is damaged.
    ///
    /// - Throws: `corrupt` when the first chunk is damaged.
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
            let firstOffset = UInt64(row[0] as Int64)
            let count: Int = row[1]
            let skipped = offset > firstOffset ? Int(min(offset - firstOffset, UInt64(count))) : 0
            if skipped == count { continue }
            let appended: Int
            do {
                appended = try row.withUnsafeData(atIndex: 2) { data in
                    try (data ?? Data()).withUnsafeBytes { body in
                        try append(body, count: count, from: skipped, bounds, to: &events)
                    }
                }
            } catch {
                // What stands before the damage is served; the next read meets it first.
                if !events.isEmpty && events.records.count == events.count { return }
                throw EngineError.damaged(
                    events.station, events.partition, at: firstOffset, count: count, "\(error)")
            }
            for number in skipped..<skipped + appended {
                events.offsets.append(firstOffset + UInt64(number))
            }
            let isFull =
                events.count >= bounds.events || events.records.bytes.count >= bounds.bytes
            if isFull || skipped + appended < count { return }
        }
    }

    private func append(
        _ body: UnsafeRawBufferPointer, count: Int, from first: Int, _ bounds: ReadBounds,
        to events: inout StoredEvents
    ) throws(EventRecords.CorruptChunk) -> Int {
        try events.records.appendEvents(ofChunk: body, count: count, from: first) {
            // A single event over the bytes is returned alone.
            $0 <= bounds.events && ($1 <= bounds.bytes || $0 == 1)
        }
    }

    /// The whole chunk that starts at offset `first`; empty when there is none.
    ///
    /// - Throws: `corrupt`.
    func chunk(
        _ database: Database, first: UInt64, of station: StationName, partition number: UInt32
    ) throws -> EventRecords {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT first_offset, count, body FROM chunk_\(partition) "
                    + "WHERE first_offset = ?"),
            arguments: [Int64(first)])
        return try row.map { try records($0, of: station, partition: number).records }
            ?? EventRecords()
    }

    /// The whole chunk in front of `offset`, or with it inside; nil when there is none.
    ///
    /// - Throws: `corrupt`.
    func lastChunk(
        _ database: Database, before offset: UInt64, of station: StationName,
        partition number: UInt32
    ) throws -> (first: UInt64, records: EventRecords)? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT first_offset, count, body FROM chunk_\(partition)
                    WHERE first_offset < ? ORDER BY first_offset DESC LIMIT 1
                    """),
            arguments: [Int64(offset)])
        return try row.map { try records($0, of: station, partition: number) }
    }

    private func records(
        _ row: Row, of station: StationName, partition number: UInt32
    ) throws -> (first: UInt64, records: EventRecords) {
        let first = UInt64(row[0] as Int64)
        let count: Int = row[1]
        var records = EventRecords()
        do {
            _ = try row.withUnsafeData(atIndex: 2) { data in
                try (data ?? Data()).withUnsafeBytes {
                    try records.appendEvents(ofChunk: $0, count: count, from: 0) { _, _ in true }
                }
            }
        } catch {
            throw EngineError.damaged(station, number, at: first, count: count, "\(error)")
        }
        return (first, records)
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
            let first = UInt64(row[0] as Int64)
            if (row[2] as Int64) < time.microseconds {
                low = first + UInt64(row[1] as Int64)
            } else if first <= low {
                return low
            } else {
                high = first
            }
        }
        return low
    }
}

extension EngineError {
    /// A chunk is not what was written.
    static func damaged(
        _ station: StationName, _ partition: UInt32, at first: UInt64, count: Int,
        _ reason: String
    ) -> EngineError {
        let last = first + UInt64(max(1, count)) - 1
        return .corrupt(
            "station '\(station)', partition \(partition): the chunk of offsets \(first) to "
                + "\(last) is damaged: \(reason); restore a backup")
    }
}
