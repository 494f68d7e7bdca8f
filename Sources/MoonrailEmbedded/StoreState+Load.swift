import GRDB
import MoonrailCore

extension StoreState {
    /// Reads what is committed. Each partition costs two look-ups, whatever its size.
    init(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, name, created FROM station") {
            let id: Int64 = row["id"]
            stations[try StationName(row["name"])] = StationState(
                id: id, created: EventTime(microseconds: row["created"]),
                partitions: try Self.partitions(database, station: id))
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM lane") {
            let lane = LaneID(
                function: try FunctionName(row["function"]),
                partition: UInt32(row["partition"] as Int64))
            lanes[lane] = try Self.lane(database, row)
        }
    }

    private static func partitions(
        _ database: Database, station: Int64
    ) throws -> [PartitionState] {
        let ids = try Int64.fetchAll(
            database, sql: "SELECT id FROM partition WHERE station = ? ORDER BY number",
            arguments: [station])
        return try ids.map { try partition(database, id: $0) }
    }

    private static func partition(_ database: Database, id: Int64) throws -> PartitionState {
        var state = PartitionState(id: id)
        func row(_ order: String) throws -> Row? {
            try Row.fetchOne(
                database,
                sql: """
                    SELECT first_offset, count, appended_max, ids_before, bytes_before,
                           length(body) AS bytes
                    FROM chunk_\(id) ORDER BY first_offset \(order) LIMIT 1
                    """)
        }
        guard let first = try row("ASC"), let last = try row("DESC") else { return state }
        state.earliest = UInt64(first["first_offset"] as Int64)
        state.bytesRemoved = first["bytes_before"]
        state.next = UInt64((last["first_offset"] as Int64) + (last["count"] as Int64))
        state.appendedMax = last["appended_max"]
        state.bytesTotal = (last["bytes_before"] as Int64) + (last["bytes"] as Int64)
        state.idsTotal = try idsTotal(database, id: id, last: last)
        return state
    }

    /// Running totals stand before each chunk; the last chunk's own ids must be counted.
    private static func idsTotal(_ database: Database, id: Int64, last: Row) throws -> Int64 {
        let read = try ChunkReader(partition: id).chunk(
            database, first: last["first_offset"] as Int64)
        return (last["ids_before"] as Int64) + Int64(read.givenIDs)
    }

    private static func lane(_ database: Database, _ row: Row) throws -> LaneState {
        var position = Position()
        let id: Int64 = row["id"]
        let inputs = try Row.fetchAll(
            database, sql: "SELECT station, next FROM lane_position WHERE lane = ?",
            arguments: [id])
        for input in inputs {
            position[try StationName(input["station"])] = UInt64(input["next"] as Int64)
        }
        var counts = LaneCounts()
        counts.processed = UInt64(row["processed"] as Int64)
        counts.emitted = UInt64(row["emitted"] as Int64)
        counts.dropped = UInt64(row["dropped"] as Int64)
        counts.deadLetters = UInt64(row["dead_letters"] as Int64)
        return LaneState(
            id: id, generation: UInt32(row["generation"] as Int64),
            fence: UInt64(row["fence"] as Int64), sequence: UInt64(row["sequence"] as Int64),
            position: position, counts: counts)
    }
}

extension EventRecords {
    /// Events whose id a producer or script gave; those go through the station's window.
    var givenIDs: Int {
        var count = 0
        forEachRecord { _, record in if record.hasGivenID { count += 1 } }
        return count
    }
}

extension EventRecord {
    var hasGivenID: Bool { !idField.isEmpty && !flags.contains(.derivedID) }
}
