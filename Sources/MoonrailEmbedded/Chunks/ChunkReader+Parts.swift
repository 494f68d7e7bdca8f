import GRDB
import MoonrailCore

/// Events of one row that one commit appended.
struct ChunkPart: Sendable {
    /// The row's first offset.
    let row: UInt64
    /// Which of the row's events these are.
    let events: Range<Int>
    /// When they were appended, in microseconds since 1970.
    let appended: Int64
    /// How many ids its station's events had been given with these events.
    let idsAfter: Int64
}

/// Columns of a chunk's row that never decrease along a partition.
package enum ChunkTotal: String {
    case idsAfter = "ids_after"
    case appended = "appended_max"
}

extension ChunkReader {
    /// The first offset of the first row whose `total` is at least `value`; nil when none is.
    ///
    /// Where events come evenly a few look-ups find it (`RowSearch`, `RowLookUps`).
    ///
    /// - Parameters:
    ///   - marks: what earlier searches for this total found out.
    ///   - visit: called with each row that was looked at.
    func firstRow(
        _ database: Database, where total: ChunkTotal, reaches value: Int64,
        in state: PartitionState, marks: RowMarks = RowMarks(),
        visit: (_ first: UInt64, _ count: UInt64, _ total: Int64) -> Void = { _, _, _ in }
    ) throws -> UInt64? {
        var lookUps = try RowLookUps(database, partition, total)
        var search = RowSearch(
            for: value, in: state.earliest..<state.next,
            last: total == .appended ? state.appendedMax : nil, marks: marks)
        while let offset = search.next() {
            // Removed after `state` was looked up.
            guard let row = try lookUps.row(holding: offset) else {
                search.nothing(at: offset)
                continue
            }
            search.found(row.first, count: row.count, total: row.total, at: offset)
            visit(row.first, row.count, row.total)
        }
        guard let place = search.place, !search.isBeginning else { return search.place }
        return try lookUps.row(holding: place)?.first ?? place
    }

    /// When the event at `offset` was appended; nil when no chunk holds it.
    ///
    /// - Throws: `corrupt`.
    func appended(_ database: Database, at offset: UInt64) throws -> EventTime? {
        let statement = try database.cachedStatement(
            sql: "SELECT max(first_offset) FROM chunk_\(partition) WHERE first_offset <= ?")
        guard let first = try Int64.fetchOne(statement, arguments: [Int64(clamping: offset)])
        else { return nil }
        let number = Int(clamping: offset - UInt64(first))
        return try parts(database, from: UInt64(first), oneRow: true)
            .first { $0.events.contains(number) }
            .map { EventTime(microseconds: $0.appended) }
    }

    /// The parts of all rows from the one at offset `first` on, or of the one row alone: one of a
    /// chunk as it was appended, several of one that was merged.
    func parts(
        _ database: Database, from first: UInt64, oneRow: Bool = false
    ) throws -> [ChunkPart] {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT chunk.first_offset, count, appended_max, ids_after, parts
                    FROM chunk_\(partition) AS chunk
                    LEFT JOIN segment_\(partition) USING (first_offset)
                    WHERE chunk.first_offset >= ? ORDER BY chunk.first_offset LIMIT ?
                    """), arguments: [Int64(first), oneRow ? 1 : -1])
        var parts: [ChunkPart] = []
        while let row = try rows.next() {
            var start = 0
            for part in try Self.parts(of: row, in: partition) {
                let events = start..<start + Int(part.count)
                parts.append(
                    ChunkPart(
                        row: UInt64(try row.natural(0)), events: events, appended: part.appended,
                        idsAfter: part.idsAfter))
                start = events.upperBound
            }
        }
        return parts
    }

    private static func parts(
        of row: Row, in partition: Int64
    ) throws -> [SegmentParts.Part] {
        let first = UInt64(try row.natural(0))
        let whole = try SegmentParts.Part(row)
        let merged = try row.withUnsafeData(atIndex: 4) { data in
            guard let data else { return SegmentParts([whole]) as SegmentParts? }
            return data.withUnsafeBytes { SegmentParts(encoded: $0, first: first) }
        }
        guard let merged, merged.parts.reduce(0, { $0 + Int($1.count) }) == Int(whole.count) else {
            throw EngineError.corrupt(
                "what table segment_\(partition) says of the chunk at offset \(first) is damaged; "
                    + EngineError.damageAdvice)
        }
        return merged.parts
    }

    /// The ids that its station's events had been given with the last event before `offset`.
    func idsBefore(
        _ database: Database, _ offset: UInt64, in state: PartitionState
    ) throws -> Int64 {
        let statement = try database.cachedStatement(
            sql: """
                SELECT ids_after FROM chunk_\(partition)
                WHERE first_offset < ? ORDER BY first_offset DESC LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [Int64(offset)]) ?? state.idsRemoved
    }
}

extension SegmentParts.Part {
    /// - Parameter row: has the chunk's count, time and ids in its columns 1 to 3.
    init(_ row: Row) throws {
        self.init(
            count: UInt32(clamping: try row.natural(1)), appended: try row.integer(2),
            idsAfter: try row.natural(3))
    }
}
