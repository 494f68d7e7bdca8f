import GRDB
import MoonrailCore

extension StoreState {
    /// Reads what is committed. Each partition costs two look-ups, whatever its size.
    ///
    /// - Parameter failed: told what keeps a station or lane from being read; it is left out unless
    ///   that throws, as it does by default.
    init(_ database: Database, failed: (EngineError) throws -> Void = { throw $0 }) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM station") {
            do {
                let name = try StationName(row.text("name"))
                stations[name] = try Self.station(database, name, row)
            } catch {
                try failed(EngineError(error, "read", place: "a station"))
            }
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM lane") {
            do {
                guard let partition = UInt32(exactly: try row.natural("partition")) else {
                    throw DamagedRow(column: "partition")
                }
                let lane = LaneID(
                    function: try FunctionName(row.text("function")), partition: partition)
                lanes[lane] = try Self.lane(database, row)
            } catch {
                try failed(EngineError(error, "read", place: "a lane"))
            }
        }
    }

    private static func station(
        _ database: Database, _ name: StationName, _ row: Row
    ) throws -> StationState {
        let id = try row.natural("id")
        let ids = Int(try row.natural("duplicate_ids"))
        let age = Duration.microseconds(try row.natural("duplicate_age"))
        guard DuplicateReach.idsAllowed.contains(ids), DuplicateReach.ageAllowed.contains(age)
        else { throw DamagedRow(column: "duplicate_ids or duplicate_age") }
        var station = StationState(
            id: id, created: EventTime(microseconds: try row.integer("created")),
            retention: Retention(
                age: try row.optionalNatural("retention_age").map { .microseconds($0) },
                bytes: try row.optionalNatural("retention_bytes").map { UInt64($0) },
                events: try row.optionalNatural("retention_events").map { UInt64($0) }),
            duplicates: DuplicateReach(ids: ids, age: age), partitions: [])
        let partitions = try Row.fetchAll(
            database, sql: "SELECT * FROM partition WHERE station = ? ORDER BY number",
            arguments: [id])
        guard (1...Bounds.partitions).contains(partitions.count) else {
            throw DamagedRow(column: "station of table partition")
        }
        for row in partitions {
            do {
                let (partition, ids) = try Self.partition(database, row)
                station.partitions.append(partition)
                station.idsTotal = max(station.idsTotal, ids)
            } catch {
                let number = station.partitions.count
                throw EngineError(
                    error, "read", place: "the end of station '\(name)', partition \(number),")
            }
        }
        return station
    }

    /// A partition's ends, and how many ids its station had been given at its last chunk.
    private static func partition(
        _ database: Database, _ row: Row
    ) throws -> (PartitionState, ids: Int64) {
        let id = try row.natural("id")
        var state = PartitionState(id: id)
        state.earliest = UInt64(try row.natural("removed_next"))
        state.next = state.earliest
        state.appendedMax = try row.integer("removed_appended_max")
        state.bytesRemoved = try row.natural("removed_bytes")
        state.bytesTotal = state.bytesRemoved
        state.idsRemoved = try row.natural("removed_ids")
        let last = try Row.fetchOne(
            database,
            sql: """
                SELECT first_offset, count, appended_max, ids_after, bytes_before,
                       length(body) AS bytes
                FROM chunk_\(id) ORDER BY first_offset DESC LIMIT 1
                """)
        guard let last else { return (state, state.idsRemoved) }
        state.next = UInt64(try last.natural("first_offset") + last.natural("count"))
        guard state.next >= state.earliest else { throw DamagedRow(column: "removed_next") }
        state.appendedMax = try last.integer("appended_max")
        state.bytesTotal = try last.natural("bytes_before") + last.natural("bytes")
        return (state, try last.natural("ids_after"))
    }

    private static func lane(_ database: Database, _ row: Row) throws -> LaneState {
        var position = Position()
        let id = try row.natural("id")
        let inputs = try Row.fetchAll(
            database, sql: "SELECT station, next FROM lane_position WHERE lane = ?",
            arguments: [id])
        for input in inputs {
            position[try StationName(input.text("station"))] = UInt64(try input.natural("next"))
        }
        guard let generation = UInt32(exactly: try row.natural("generation")) else {
            throw DamagedRow(column: "generation")
        }
        var counts = LaneCounts()
        counts.processed = UInt64(try row.natural("processed"))
        counts.emitted = UInt64(try row.natural("emitted"))
        counts.dropped = UInt64(try row.natural("dropped"))
        counts.deadLetters = UInt64(try row.natural("dead_letters"))
        counts.parked = UInt64(try row.natural("parked"))
        counts.resent = UInt64(try row.natural("resent"))
        counts.skipped = UInt64(try row.natural("skipped"))
        counts.missed = UInt64(try row.natural("missed"))
        return LaneState(
            id: id, generation: generation, fence: UInt64(try row.natural("fence")),
            sequence: UInt64(try row.natural("sequence")), position: position, counts: counts)
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
