import GRDB
import MoonrailCore

extension StoreState {
    /// Reads what is committed. Each partition costs two look-ups, whatever its size.
    init(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM station") {
            stations[try StationName(row["name"])] = try Self.station(database, row)
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM lane") {
            let lane = LaneID(
                function: try FunctionName(row["function"]),
                partition: UInt32(row["partition"] as Int64))
            lanes[lane] = try Self.lane(database, row)
        }
    }

    private static func station(_ database: Database, _ row: Row) throws -> StationState {
        let id: Int64 = row["id"]
        var station = StationState(
            id: id, created: EventTime(microseconds: row["created"]),
            retention: Retention(
                age: (row["retention_age"] as Int64?).map { .microseconds($0) },
                bytes: (row["retention_bytes"] as Int64?).map(UInt64.init),
                events: (row["retention_events"] as Int64?).map(UInt64.init)),
            duplicates: DuplicateReach(
                ids: row["duplicate_ids"], age: .microseconds(row["duplicate_age"] as Int64)),
            partitions: [])
        let partitions = try Row.fetchAll(
            database, sql: "SELECT * FROM partition WHERE station = ? ORDER BY number",
            arguments: [id])
        for row in partitions {
            let (partition, ids) = try Self.partition(database, row)
            station.partitions.append(partition)
            station.idsTotal = max(station.idsTotal, ids)
        }
        return station
    }

    /// A partition's ends, and how many ids its station had been given at its last chunk.
    private static func partition(
        _ database: Database, _ row: Row
    ) throws -> (PartitionState, ids: Int64) {
        let id: Int64 = row["id"]
        var state = PartitionState(id: id)
        state.earliest = UInt64(row["removed_next"] as Int64)
        state.next = state.earliest
        state.appendedMax = row["removed_appended_max"]
        state.bytesRemoved = row["removed_bytes"]
        state.bytesTotal = state.bytesRemoved
        state.idsRemoved = row["removed_ids"]
        let last = try Row.fetchOne(
            database,
            sql: """
                SELECT first_offset, count, appended_max, ids_after, bytes_before,
                       length(body) AS bytes
                FROM chunk_\(id) ORDER BY first_offset DESC LIMIT 1
                """)
        guard let last else { return (state, state.idsRemoved) }
        state.next = UInt64((last["first_offset"] as Int64) + (last["count"] as Int64))
        state.appendedMax = last["appended_max"]
        state.bytesTotal = (last["bytes_before"] as Int64) + (last["bytes"] as Int64)
        return (state, last["ids_after"])
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
        counts.parked = UInt64(row["parked"] as Int64)
        counts.resent = UInt64(row["resent"] as Int64)
        counts.skipped = UInt64(row["skipped"] as Int64)
        counts.missed = UInt64(row["missed"] as Int64)
        return LaneState(
            id: id, generation: UInt32(row["generation"] as Int64),
            fence: UInt64(row["fence"] as Int64), sequence: UInt64(row["sequence"] as Int64),
            position: position, counts: counts)
    }
}

extension EventRecords {
    /// Events whose id a producer or script gave; those go through the station's window.
    var givenIDs: Int { givenIDs(in: 0..<count) }

    /// As `givenIDs`, of some of its events.
    func givenIDs(in range: Range<Int>) -> Int {
        var count = 0
        forEachRecord(in: range) { _, record in if record.hasGivenID { count += 1 } }
        return count
    }
}

extension EventRecord {
    var hasGivenID: Bool { !idField.isEmpty && !flags.contains(.derivedID) }
}
