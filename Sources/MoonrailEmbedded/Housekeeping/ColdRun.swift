import Foundation
import GRDB
import MoonrailCore

/// Consecutive cold chunks of a partition that fit into one, while the one after them does not.
struct ColdRun {
    /// The first one's first offset.
    let first: UInt64
    private(set) var parts: [SegmentParts.Part] = []
    /// Where they end in the bytes that were ever written to the partition.
    private(set) var bytesEnd: Int64 = 0

    /// - Returns: nil when there is no such run yet.
    /// - Throws: `corrupt` when offsets are missing.
    init?(
        _ database: Database, of place: SegmentRun.Place, from start: UInt64,
        rules: SegmentRun.Rules
    ) throws {
        let firstHot = try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT first_offset FROM chunk_\(place.id)
                    ORDER BY first_offset DESC LIMIT 1 OFFSET ?
                    """), arguments: [rules.hotChunks - 1])
        guard let firstHot else { return nil }
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT first_offset, count, appended_max, ids_after, length(body), bytes_before
                    FROM chunk_\(place.id) WHERE first_offset >= ? ORDER BY first_offset
                    """), arguments: [Int64(start)])
        first = start
        var next = Int64(start)
        var bytes = 0
        while let row = try rows.next() {
            let part = try SegmentParts.Part(row)
            let bodyBytes = try row.natural(4)
            let found = try row.natural(0)
            let events = Int(next - Int64(start)) + Int(part.count)
            var isOver = events > rules.segmentEvents
            if !isOver {
                bytes += try Self.recordBytes(database, place, found, stored: Int(bodyBytes))
                isOver = bytes > Bounds.batchBytes
            }
            if isOver && parts.count > 0 { return }
            guard found == next else {
                throw EngineError.damaged(
                    place.station, place.number, at: UInt64(next), count: 1,
                    "the next one starts at offset \(found)")
            }
            guard next < firstHot, part.appended <= rules.coldUntil else { return nil }
            next += Int64(part.count)
            bytesEnd = try row.natural(5) + bodyBytes
            parts.append(part)
        }
        // The last chunk is hot.
        return nil
    }

    /// What the records of the chunk at offset `first` take in memory, packed or not: one that was
    /// merged must not be more than one read gives.
    private static func recordBytes(
        _ database: Database, _ place: SegmentRun.Place, _ first: Int64, stored: Int
    ) throws -> Int {
        let start = try Data.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT substr(body, 1, \(EventRecords.chunkHeaderBytes)) FROM chunk_\(place.id)
                    WHERE first_offset = ?
                    """), arguments: [first])
        return (start ?? Data()).withUnsafeBytes {
            EventRecords.recordBytes(ofChunk: $0, stored: stored)
        }
    }
}
