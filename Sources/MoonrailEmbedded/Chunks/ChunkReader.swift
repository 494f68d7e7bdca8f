import GRDB
import MoonrailCore

/// Reads the chunks of one partition's table, within one snapshot of the store.
struct ChunkReader {
    let partition: Int64

    /// Appends to `events` those from `offset` on, until `bounds` are reached or the next chunk is
    /// damaged.
    ///
    /// - Parameter visit: called with each chunk that was read for them.
    /// - Throws: `corrupt` when `events` stay empty because the first chunk is damaged.
    func read(
        _ database: Database, from offset: UInt64, bounds: ReadBounds,
        into events: inout StoredEvents, visit: (StoredChunk) -> Void = { _ in }
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
            let first = UInt64(try row.natural("first_offset"))
            // Behind the end of the partition, when nothing follows its last chunk.
            if first + UInt64(try row.natural("count")) <= offset { continue }
            // What came from memory may end where retention has removed what follows by now; what
            // one read gives has no holes. Whoever reads what is missing is told (`expectStart`).
            if let last = events.offsets.last, last + 1 != first { return }
            let chunk: StoredChunk
            do {
                chunk = try decode(row, of: events.station, partition: events.partition)
            } catch {
                // What stands before the damage is served; the next read meets it first.
                if !events.isEmpty { return }
                throw error
            }
            visit(chunk)
            if !events.take(chunk, from: max(first, offset), within: bounds) { return }
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

    /// Has `cache` keep the chunk that holds `offset`. When it can't be read nothing happens: who
    /// reads it is told.
    func fetch(
        _ database: Database, at offset: UInt64, of station: StationName, _ partition: UInt32,
        into cache: ChunkCache
    ) {
        var events = StoredEvents(station: station, partition: partition)
        try? read(
            database, from: offset, bounds: ReadBounds(events: 1, bytes: 1), into: &events
        ) {
            cache.insert($0, partition: self.partition)
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
                sql: """
                    SELECT first_offset, count, body FROM chunk_\(partition)
                    WHERE first_offset = ?
                    """), arguments: [Int64(first)])
        return try row.map { try decode($0, of: station, partition: number).records }
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
        let chunk = try row.map { try decode($0, of: station, partition: number) }
        return chunk.map { ($0.first, $0.records) }
    }

    /// A row of first offset, count and body.
    private func decode(
        _ row: Row, of station: StationName, partition number: UInt32
    ) throws -> StoredChunk {
        let first = UInt64(try row.natural("first_offset"))
        let count = Int(try row.natural("count"))
        do {
            return StoredChunk(first: first, records: try EventRecords(bodyOf: row, count: count))
        } catch {
            throw EngineError.damaged(station, number, at: first, count: count, "\(error)")
        }
    }

    /// The offset of the first event that was appended at `time` or later; nil when there is none.
    ///
    /// - Parameter places: what is known of the partitions, and what this search adds to it.
    func seek(
        _ database: Database, to time: EventTime, in state: PartitionState, _ places: TimePlaces
    ) throws -> UInt64? {
        let row = try places.with(partition) { marks, learn in
            try firstRow(
                database, where: .appended, reaches: time.microseconds, in: state, marks: marks,
                visit: learn)
        }
        guard let row else { return nil }
        let part = try parts(database, from: row, oneRow: true)
            .first { $0.appended >= time.microseconds }
        return part.map { $0.row + UInt64($0.events.lowerBound) }
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
                + "\(last) is damaged: \(reason); " + damageAdvice)
    }
}
