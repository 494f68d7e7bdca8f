import Foundation
import GRDB
import MoonrailCore

/// What housekeeping writes. Both are refused when the partition is no longer what they were made
/// for: then they are made anew.
extension Transaction {
    /// Removes a slice of what a station's retention no longer keeps.
    ///
    /// Each partition's row remembers where it was cut, so that its offsets go on even when no
    /// chunk is left.
    mutating func remove(_ plan: RetentionPlan) throws -> Bool {
        guard var station = try? station(plan.station), station.id == plan.id,
            station.retention == plan.retention,
            station.partitions.map(\.earliest) == plan.earliest,
            try plan.cuts.allSatisfy({ try isBoundary($0, in: station) })
        else { return false }
        for cut in plan.cuts {
            for table in ["chunk", "segment"] {
                try database.cachedStatement(
                    sql: "DELETE FROM \(table)_\(cut.partition) WHERE first_offset < ?"
                ).execute(arguments: [Int64(cut.next)])
            }
            try database.cachedStatement(
                sql: """
                    UPDATE partition SET removed_next = ?, removed_appended_max = ?,
                        removed_ids = ?, removed_bytes = ? WHERE id = ?
                    """
            ).execute(arguments: [
                Int64(cut.next), cut.appendedMax, cut.ids, cut.bytes, cut.partition,
            ])
            station.partitions[cut.number].earliest = cut.next
            station.partitions[cut.number].bytesRemoved = cut.bytes
            station.partitions[cut.number].idsRemoved = cut.ids
        }
        replace(plan.station, station)
        CrashPoint.retention.pass()
        return true
    }

    /// Whether a chunk still ends where the cut is, which a merge may have changed.
    private func isBoundary(_ cut: RetentionPlan.Cut, in station: StationState) throws -> Bool {
        let end = try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT first_offset + count FROM chunk_\(cut.partition)
                    WHERE first_offset < ? ORDER BY first_offset DESC LIMIT 1
                    """), arguments: [Int64(cut.next)])
        return end == Int64(cut.next)
    }

    /// Puts segments in the places of their chunks.
    func merge(_ run: SegmentRun) throws -> Bool {
        guard let station = try? station(run.place.station),
            let partition = station.partitions.first(where: { $0.id == run.place.id }),
            partition.earliest <= run.start.offset,
            try run.segments.allSatisfy({ try hasChunks(of: $0) })
        else { return false }
        for segment in run.segments { try write(segment) }
        CrashPoint.merge.pass()
        return true
    }

    /// The first chunk's row stays and takes in the others, so that `bytes_before` is what it was.
    private func write(_ segment: Segment) throws {
        if let body = segment.body, let last = segment.parts.parts.last {
            try database.cachedStatement(
                sql: """
                    DELETE FROM chunk_\(segment.partition)
                    WHERE first_offset > ? AND first_offset < ?
                    """
            ).execute(arguments: [Int64(segment.first), Int64(segment.end)])
            try database.cachedStatement(
                sql: """
                    UPDATE chunk_\(segment.partition)
                    SET count = ?, appended_max = ?, ids_after = ?, body = ?
                    WHERE first_offset = ?
                    """
            ).execute(arguments: [
                segment.count, last.appended, last.idsAfter, Data(body), Int64(segment.first),
            ])
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO segment_\(segment.partition) (first_offset, parts, keys)
                VALUES (?, ?, ?)
                """
        ).execute(arguments: [
            Int64(segment.first), Data(segment.parts.encoded(first: segment.first)),
            Data(segment.keys.encoded),
        ])
    }

    /// Whether the segment's chunks are there, each on its own as it was.
    private func hasChunks(of segment: Segment) throws -> Bool {
        let found = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT count(*), NOT EXISTS (
                        SELECT 1 FROM segment_\(segment.partition) WHERE first_offset >= ?1)
                    FROM chunk_\(segment.partition)
                    WHERE first_offset >= ?1 AND first_offset < ?2
                    """), arguments: [Int64(segment.first), Int64(segment.end)])
        guard let found else { return false }
        return found[0] == segment.parts.parts.count && found[1] == true
    }
}
