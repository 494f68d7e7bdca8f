import Foundation
import GRDB
import MoonrailCore

/// A run of a partition's cold chunks as one, with the index of its keys.
///
/// Segments cover a partition from its beginning on without a hole: a chunk is merged once, with as
/// many that follow it as fit, when the next one after them no longer would.
struct Segment: Sendable {
    let partition: Int64
    let first: UInt64
    /// One for each of its chunks.
    let parts: SegmentParts
    let keys: KeyIndex
    /// Where it ends in the bytes that were ever written to the partition.
    let bytesEnd: Int64
    /// The body of the chunk that stands in their place; nil when there is one chunk, which stays
    /// as it is.
    let body: [UInt8]?

    var count: Int { parts.parts.reduce(0) { $0 + Int($1.count) } }
    var end: UInt64 { first + UInt64(count) }
    /// Bytes that are written for it, about.
    var writtenBytes: Int { (body?.count ?? 0) + keys.encoded.count + 20 * parts.parts.count }

    /// The next segment of a partition whose time has come; nil when there is none.
    ///
    /// - Parameter start: where the partition's segments end so far.
    /// - Throws: `corrupt` when one of its chunks is damaged.
    init?(
        _ database: Database, of place: SegmentRun.Place, from start: UInt64,
        rules: SegmentRun.Rules
    ) throws {
        let partition = place.id
        let run = try ColdRun(database, of: place, from: start, rules: rules)
        guard let run else { return nil }
        self.partition = partition
        first = run.first
        parts = SegmentParts(run.parts)
        bytesEnd = run.bytesEnd
        let reader = ChunkReader(partition: partition)
        func chunk(_ first: UInt64) throws -> EventRecords {
            try reader.chunk(
                database, first: first, of: place.station, partition: place.number)
        }
        var records = try chunk(first)
        var next = first
        for part in run.parts.dropLast() {
            next += UInt64(part.count)
            let chunk = try chunk(next)
            records.append(chunk, 0..<chunk.count)
        }
        body = run.parts.count == 1 ? nil : records.chunkBody
        keys = KeyIndex(records, first: first)
    }

    /// Where the segments of a partition end; nil when it has none.
    static func end(_ database: Database, partition: Int64) throws -> SegmentsEnd? {
        // The last chunk is never merged, so that one follows.
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT first_offset, bytes_before FROM chunk_\(partition)
                    WHERE first_offset > (SELECT max(first_offset) FROM segment_\(partition))
                    ORDER BY first_offset LIMIT 1
                    """))
        return try row.map {
            SegmentsEnd(offset: UInt64(try $0.natural(0)), bytes: try $0.natural(1))
        }
    }
}
