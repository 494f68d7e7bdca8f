import GRDB
import MoonrailCore

/// Checks one partition: every chunk is whole, offsets have no gap, totals and times only grow, and
/// no emission is there whose cause has not been settled.
struct PartitionCheck {
    let station: StationName
    let number: UInt32
    let created: EventTime
    let partition: PartitionState

    /// What the chunk before leaves for the next one to continue.
    private struct Before {
        var next: UInt64
        var appended = Int64.min
        var ids: Int64 = 0
        var bytes: Int64 = 0
    }

    private var place: String { "station '\(station)', partition \(number)" }

    init(station: StationName, number: UInt32, created: EventTime, partition: PartitionState) {
        self.station = station
        self.number = number
        self.created = created
        self.partition = partition
    }

    func run(_ check: inout StoreCheck) throws {
        var before = Before(next: partition.earliest)
        if try walk(&before, &check) { return }
        // What lies behind the damage is found from the other end.
        guard let readable = firstReadable(after: before.next, check.database) else {
            return try check.find(
                "\(place): offsets \(before.next) to \(partition.next) can't be read")
        }
        try check.find("\(place): offsets \(before.next) to \(readable - 1) can't be read")
        before.next = readable
        _ = try walk(&before, &check)
    }

    /// Checks the chunks from `before.next` on.
    ///
    /// - Returns: whether it came to the end.
    private func walk(_ before: inout Before, _ check: inout StoreCheck) throws -> Bool {
        do {
            let rows = try Row.fetchCursor(
                check.database,
                sql: """
                    SELECT first_offset, count, appended_max, ids_after, bytes_before, body,
                        parts, keys
                    FROM chunk_\(partition.id)
                    LEFT JOIN segment_\(partition.id) USING (first_offset)
                    WHERE first_offset >= ? ORDER BY first_offset
                    """, arguments: [Int64(clamping: before.next)])
            while let row = try rows.next() { try self.check(row, &before, &check) }
        } catch is DatabaseError {
            return false
        }
        if before.next != partition.next {
            try check.find("\(place): it ends at \(before.next), not at \(partition.next)")
        }
        return true
    }

    private func check(_ row: Row, _ before: inout Before, _ check: inout StoreCheck) throws {
        do {
            let first = UInt64(try row.natural("first_offset"))
            let count = Int(try row.natural("count"))
            let next = first + UInt64(count)
            if first > before.next {
                try check.find("\(place): offsets \(before.next) to \(first - 1) are missing")
            } else if first < before.next {
                try check.find("\(place): offsets \(first) to \(before.next - 1) are there twice")
            }
            before.next = next
            let appended = try row.integer("appended_max")
            let ids = try row.natural("ids_after")
            let bytes = try row.natural("bytes_before")
            if appended < before.appended || ids < before.ids || bytes < before.bytes {
                try check.find(
                    "\(place), offsets \(first) to \(next - 1): time or running totals are less "
                        + "than those of the chunk before")
            }
            (before.appended, before.ids, before.bytes) = (appended, ids, bytes)
            try self.check(row, first: first, count: count, appended: appended, &check)
        } catch let error as DamagedRow {
            try check.find("\(place): the chunk at offset \(before.next) is damaged: \(error)")
        }
    }

    /// Decodes the chunk's body.
    private func check(
        _ row: Row, first: UInt64, count: Int, appended: Int64, _ check: inout StoreCheck
    ) throws {
        let records: EventRecords
        do {
            records = try EventRecords(bodyOf: row, count: count)
        } catch {
            let last = first + UInt64(max(1, count)) - 1
            return try check.find(
                "\(place): the chunk of offsets \(first) to \(last) is damaged: \(error)")
        }
        check.count(events: records.count)
        if try !Self.isIndexed(row, records, first) {
            try check.find(
                "\(place): the index of the segment at offset \(first) is not that of its events")
        }
        try checkCauses(of: records, first: first, appended: appended, &check)
    }

    /// Whether a segment's times and keys are those of its events; true for other chunks.
    private static func isIndexed(
        _ row: Row, _ records: EventRecords, _ first: UInt64
    ) throws -> Bool {
        guard !row.hasNull(atIndex: 6) else { return true }
        let parts = try row.blob("parts").withUnsafeBytes {
            SegmentParts(encoded: $0, first: first)?.parts
        }
        let keys = try row.blob("keys")
        return parts?.reduce(0, { $0 + Int($1.count) }) == records.count
            && keys == KeyIndex(records, first: first).encoded
    }

    /// An emission commits with the position of its lane, so that none is there whose cause is
    /// still to be taken.
    private func checkCauses(
        of records: EventRecords, first: UInt64, appended: Int64, _ check: inout StoreCheck
    ) throws {
        guard !records.origins.isEmpty else { return }
        let settled = records.origins.map { Self.settled($0, appended: appended, check.state) }
        var wrong: [(event: UInt64, cause: UInt64, origin: Origin)] = []
        records.forEachRecord { index, record in
            guard let cause = record.origin, let end = settled[cause.originIndex],
                cause.offset >= end
            else { return }
            let origin = records.origins[cause.originIndex]
            wrong.append((first + UInt64(index), cause.offset, origin))
        }
        for (event, cause, origin) in wrong {
            try check.find(
                "\(place), offset \(event): emitted by function '\(origin.function)' for offset "
                    + "\(cause) of station '\(origin.station)', partition \(origin.partition), "
                    + "which its lane has not settled")
        }
    }

    /// The offset up to which the lane of `origin` has settled; nil when that can't be known.
    ///
    /// It can when the lane is still in the generation of `origin`, and its input is the station
    /// that was read: one that was deleted and made again after that is another one.
    private static func settled(
        _ origin: Origin, appended: Int64, _ state: StoreState
    ) -> UInt64? {
        let id = LaneID(function: origin.function, partition: origin.partition)
        guard let lane = state.lanes[id], lane.generation == origin.generation,
            let input = state.stations[origin.station], input.created.microseconds <= appended
        else { return nil }
        return lane.position.offsets[origin.station]
    }

    /// The lowest offset above `offset` from which everything to the end can be read.
    private func firstReadable(after offset: UInt64, _ database: Database) -> UInt64? {
        var readable: UInt64?
        let rows = try? Row.fetchCursor(
            database,
            sql: """
                SELECT first_offset FROM chunk_\(partition.id)
                WHERE first_offset > ? AND substr(body, -1) IS NOT NULL
                ORDER BY first_offset DESC
                """, arguments: [Int64(clamping: offset)])
        while let row = try? rows?.next(), let first = try? row.natural("first_offset") {
            readable = UInt64(first)
        }
        return readable
    }
}
