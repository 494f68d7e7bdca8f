import GRDB

/// Looks up, one after another, the rows of a partition that hold this offset and that.
///
/// What is stored beside a merged chunk (`SegmentParts`) says the same as the chunk's own row does.
/// Where events have no keys two hundred of these rows are on one page of the disk, against one to
/// seven of chunks with their bodies: what a search looks up next is mostly in memory then. So they
/// are looked at first, and the chunks' own where there are none, or they are large.
package struct RowLookUps {
    package struct Found {
        package let first: UInt64
        package let count: UInt64
        /// With the row's last event.
        package let total: Int64
    }

    /// What `parts` and `keys` take together at most: no fewer of them are on a page than chunks.
    private static let smallBytes: Int64 = 1_024

    private let database: Database
    private let total: ChunkTotal
    private let segments: Statement
    private let chunks: Statement
    /// From this offset on the chunks' own rows are looked at.
    private var segmentsEnd = UInt64.max

    /// - Parameter partition: its id.
    package init(_ database: Database, _ partition: Int64, _ total: ChunkTotal) throws {
        self.database = database
        self.total = total
        // SQLite reads what lies outside of the page only where it is asked for.
        segments = try database.cachedStatement(
            sql: """
                SELECT first_offset,
                    iif(length(parts) + length(keys) <= \(Self.smallBytes), parts, x'')
                FROM segment_\(partition)
                WHERE first_offset <= ? ORDER BY first_offset DESC LIMIT 1
                """)
        chunks = try database.cachedStatement(
            sql: """
                SELECT first_offset, count, \(total.rawValue) FROM chunk_\(partition)
                WHERE first_offset <= ? ORDER BY first_offset DESC LIMIT 1
                """)
    }

    /// The row that holds `offset`, or the last one in front of it; nil when there is none.
    ///
    /// - Throws: `DatabaseError`, `DamagedRow`.
    package mutating func row(holding offset: UInt64) throws -> Found? {
        if offset < segmentsEnd, let segment = try segment(holding: offset) { return segment }
        return try chunks.first(database, [Int64(offset)]) { row in
            Found(
                first: UInt64(try row.natural(0)), count: UInt64(try row.natural(1)),
                total: try row.integer(2))
        }
    }

    /// As `row`, if it was merged, and what is stored beside it is small and whole.
    private mutating func segment(holding offset: UInt64) throws -> Found? {
        let found = try segments.first(database, [Int64(offset)]) { row in
            let first = UInt64(try row.natural(0))
            let parts = try row.blob(1).withUnsafeBytes { SegmentParts(encoded: $0, first: first) }
            return parts.flatMap { Found(first, $0.parts, total) }
        }
        // Segments have no holes. The others are like this one, or there are none.
        guard let segment = found ?? nil else {
            segmentsEnd = 0
            return nil
        }
        let end = segment.first + segment.count
        guard offset < end else {
            segmentsEnd = end
            return nil
        }
        return segment
    }
}

extension RowLookUps.Found {
    fileprivate init?(_ first: UInt64, _ parts: [SegmentParts.Part], _ total: ChunkTotal) {
        guard let last = parts.last else { return nil }
        self.init(
            first: first, count: parts.reduce(0) { $0 + UInt64($1.count) },
            total: total == .appended ? last.appended : last.idsAfter)
    }
}
