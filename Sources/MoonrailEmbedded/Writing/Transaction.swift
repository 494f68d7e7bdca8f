import GRDB
import MoonrailCore

/// One commit in the making: the rows written so far and what memory will know once they are on
/// disk. Dropping it without publishing its changes forgets them.
struct Transaction {
    let database: Database
    let now: EventTime
    /// Commits that failed so far after lanes had run ahead with their events.
    let withdrawals: Int
    private let committed: StoreState
    var changes = StateChanges()
    var appenders: [StationName: StationAppender] = [:]

    init(database: Database, committed: StoreState, withdrawals: Int, now: EventTime) {
        self.database = database
        self.committed = committed
        self.withdrawals = withdrawals
        self.now = now
    }

    /// Does the work, or refuses it and writes nothing of it.
    ///
    /// - Throws: a storage error, which ends the whole transaction.
    mutating func apply(
        _ work: WriteRequest.Work, _ memory: inout AppendMemory
    ) throws -> Result<WriteRequest.Answer, EngineError> {
        do {
            switch work {
            case .append(let append):
                return .success(.appended(try self.append(append, &memory)))
            case .settle(let settlements):
                CrashPoint.settleBegin.pass()
                try settle(settlements, &memory)
                return .success(.settled)
            case .open(let name, let settings):
                return .success(.opened(try openStation(name, settings)))
            case .alter(let name, let settings):
                try alter(name, settings, &memory)
                return .success(.altered)
            case .delete(let name):
                try delete(name, &memory)
                return .success(.deleted)
            case .arrange(let arrangement, let tellings):
                for telling in tellings { _ = try station(telling.station) }
                let isWhole = try arrange(arrangement, &memory)
                for telling in tellings { try add(telling, &memory) { _ in } }
                return .success(.arranged(isWhole))
            case .claim(let lane, let inputs, let start):
                return .success(.claimed(try claim(lane, inputs, start)))
            case .remove(let plan):
                let start = ContinuousClock.now
                return .success(.kept(try remove(plan), since: start))
            case .merge(let run):
                let start = ContinuousClock.now
                return .success(.kept(try merge(run), since: start))
            }
        } catch let refusal as EngineError {
            return .failure(refusal)
        }
    }

    /// Writes what is still only in memory, and answers with what the commit will have changed.
    mutating func finish() throws -> StateChanges {
        for name in Array(appenders.keys) {
            try appenders[name]?.finish(database)
            if let appender = appenders[name] {
                changes.stations[name] = appender.station
                changes.chunks += appender.written
            }
        }
        return changes
    }

    func station(_ name: StationName) throws(EngineError) -> StationState {
        if let appender = appenders[name] { return appender.station }
        if let changed = changes.stations[name] {
            guard let changed else { throw .stationNotFound(name) }
            return changed
        }
        return try committed.station(name)
    }

    func lane(_ id: LaneID) -> LaneState? {
        changes.lanes[id] ?? (changes.removedLanes.contains(id) ? nil : committed.lanes[id])
    }

    /// All lanes, as this transaction leaves them.
    var lanes: [LaneID: LaneState] {
        committed.lanes.filter { !changes.removedLanes.contains($0.key) }
            .merging(changes.lanes) { $1 }
    }

    mutating func change(_ id: LaneID, _ lane: LaneState) {
        changes.lanes[id] = lane
    }

    /// Makes `station` what the rest of the transaction sees.
    mutating func replace(_ name: StationName, _ station: StationState) {
        if appenders[name] != nil {
            appenders[name]?.alter(station)
        } else {
            changes.stations[name] = station
        }
    }

    // MARK: Events

    private mutating func append(
        _ append: PreparedAppend, _ memory: inout AppendMemory
    ) throws -> [AppendReceipt] {
        if let refusal = try refusal(of: append, &memory) { return refusal }
        var receipts: [AppendReceipt] = []
        receipts.reserveCapacity(append.records.count)
        try add(append, &memory, payloadBytes: Bounds.eventBytesMaximum) { receipts.append($0) }
        return receipts
    }

    /// Puts the events at the ends of their partitions and calls `receipt` for each.
    ///
    /// - Parameter payloadBytes: what is larger is refused; what lanes emit was measured before.
    mutating func add(
        _ append: PreparedAppend, _ memory: inout AppendMemory, payloadBytes: Int = .max,
        receipt: (AppendReceipt) -> Void
    ) throws {
        let before = try prepare(append, &memory)
        let records = append.records
        // Taken out while it is written to, so that its chunks are changed in place.
        var appender =
            appenders.removeValue(forKey: append.station) ?? StationAppender(before, now: now)
        defer { appenders[append.station] = appender }
        let followsKeys = memory.followsKeys
        if before.partitions.count == 1 && append.givenIDs == 0 && !followsKeys
            && records.bytes.count <= payloadBytes
        {
            // Nothing needs to be known of a single event.
            let first = appender.next(0)
            appender.append(append, 0..<records.count, partition: 0)
            for offset in first..<appender.next(0) {
                receipt(.stored(partition: 0, offset: offset))
            }
            return
        }
        // Events that follow each other into the same partition, not yet put there.
        var run = 0..<0
        var partition: UInt32 = 0
        records.forEachRecord { index, record in
            if record.payload.count > payloadBytes {
                return receipt(.tooLarge(limit: payloadBytes))
            }
            if !append.append.isCopy,
                let known = memory.windows.receipt(record, station: before.id)
            {
                return receipt(known)
            }
            let number = appender.partition(of: record, in: append.append)
            if run.upperBound != index || number != partition {
                appender.append(append, run, partition: partition)
                (run, partition) = (index..<index, number)
            }
            let offset = appender.next(number) + UInt64(run.count)
            run = run.lowerBound..<index + 1
            if record.hasGivenID {
                memory.windows.add(record, station: before.id, partition: number, offset: offset)
            }
            if followsKeys {
                memory.add(record, partition: before.partitions[Int(number)].id, offset: offset)
            }
            receipt(.stored(partition: number, offset: offset))
        }
        appender.append(append, run, partition: partition)
    }

    /// The station of an append, with its window ready when the append needs it.
    func prepare(
        _ append: PreparedAppend, _ memory: inout AppendMemory
    ) throws -> StationState {
        let station = try station(append.station)
        if append.givenIDs > 0 {
            try memory.windows.prepare(database, append.station, station, now: now)
        }
        return station
    }

    /// What the running transaction appended to a partition so far, and the first one's offset.
    func appended(
        to partition: UInt32, of name: StationName
    ) throws -> (first: UInt64, chunks: [EventRecords]) {
        if let appender = appenders[name] { return appender.appended(to: partition) }
        return (try station(name).partitions[Int(partition)].next, [])
    }

    // MARK: Stations

    private mutating func openStation(
        _ name: StationName, _ settings: StationSettings?
    ) throws -> StationSettings {
        if let station = try? station(name) {
            guard settings == nil || settings == station.settings else {
                throw EngineError.stationDiffers(name, station.settings.difference(from: settings))
            }
            return station.settings
        }
        let settings = settings ?? StationSettings()
        try database.execute(
            sql: """
                INSERT INTO station (name, created, retention_age, retention_bytes,
                    retention_events, duplicate_ids, duplicate_age) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [name.text, now.microseconds] + Self.alterable(settings))
        let id = database.lastInsertedRowID
        var partitions: [PartitionState] = []
        for number in 0..<settings.partitions {
            try database.execute(
                sql: "INSERT INTO partition (station, number) VALUES (?, ?)",
                arguments: [id, Int64(number)])
            let partition = database.lastInsertedRowID
            partitions.append(PartitionState(id: partition))
            try StoreFile.createTables(database, partition: partition)
        }
        changes.stations[name] = StationState(
            id: id, created: now, retention: settings.retention,
            duplicates: settings.duplicates, partitions: partitions)
        return settings
    }

    /// The columns of a station that may change.
    private static func alterable(_ settings: StationSettings) -> StatementArguments {
        [
            settings.retention.age?.microseconds, settings.retention.bytes.map { Int64($0) },
            settings.retention.events.map { Int64($0) }, settings.duplicates.ids,
            settings.duplicates.age.microseconds,
        ]
    }

    private mutating func alter(
        _ name: StationName, _ settings: StationSettings, _ memory: inout AppendMemory
    ) throws {
        var station = try station(name)
        guard settings.partitions == station.settings.partitions else {
            throw EngineError.stationDiffers(name, station.settings.difference(from: settings))
        }
        try database.execute(
            sql: """
                UPDATE station SET retention_age = ?, retention_bytes = ?, retention_events = ?,
                    duplicate_ids = ?, duplicate_age = ? WHERE id = ?
                """, arguments: Self.alterable(settings) + [station.id])
        if station.duplicates != settings.duplicates {
            memory.windows.outdate(station: station.id)
        }
        station.retention = settings.retention
        station.duplicates = settings.duplicates
        replace(name, station)
    }

    mutating func delete(
        _ name: StationName, _ memory: inout AppendMemory
    ) throws {
        let station = try station(name)
        try drop(name, station)
        memory.remove(station)
        changes.stations[name] = .some(nil)
    }

    /// Removes what is stored of a station.
    mutating func drop(_ name: StationName, _ station: StationState) throws {
        appenders[name] = nil
        for partition in station.partitions {
            try StoreFile.dropTables(database, partition: partition.id)
        }
        try database.execute(
            sql: "DELETE FROM partition WHERE station = ?", arguments: [station.id])
        try database.execute(sql: "DELETE FROM station WHERE id = ?", arguments: [station.id])
        try forgetPositions(in: name)
    }
}
