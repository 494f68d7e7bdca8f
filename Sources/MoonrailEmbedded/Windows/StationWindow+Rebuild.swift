import GRDB
import MoonrailCore

extension StationWindow {
    /// The window as the station's log says that it is: half a second a million ids.
    ///
    /// - Throws: `corrupt` when a chunk inside the window can't be read, since an id that stands in
    ///   it must not be taken for new.
    init(_ database: Database, _ name: StationName, _ station: StationState) throws {
        let first = station.firstWindowID
        var known: DuplicateWindow?
        var times = WindowTimes(station.duplicates)
        // The latest row of each partition: the parts of a merged one come one after another.
        var rows: [Int: (first: UInt64, records: EventRecords)] = [:]
        for (number, part) in try Self.parts(database, station) {
            if rows[number]?.first != part.row {
                let reader = ChunkReader(partition: station.partitions[number].id)
                rows[number] = try (
                    part.row,
                    reader.chunk(
                        database, first: part.row, of: name, partition: UInt32(number))
                )
            }
            guard let records = rows[number]?.records else { continue }
            let given = records.givenIDs(in: part.events)
            guard given > 0 else { continue }
            var window =
                known.take()
                ?? DuplicateWindow(
                    next: Int(part.idsAfter) - given, capacity: Int(station.idsTotal) - first)
            guard window.next + given == Int(part.idsAfter) else {
                throw EngineError.damaged(
                    name, UInt32(number), at: part.row, count: records.count,
                    "its \(given) ids are not those after \(window.next) of the station's")
            }
            records.forEachRecord(in: part.events) { index, record in
                guard record.hasGivenID else { return }
                window.append(
                    .init(
                        id: NameHash(record.idField), content: contentHash(record.payload),
                        partition: UInt32(number), offset: part.row + UInt64(index)))
            }
            times.add(part.appended, end: window.next)
            known = window
        }
        known?.removeAll(before: first)
        self.init(known: known ?? DuplicateWindow(next: Int(station.idsTotal)), times: times)
    }

    /// What may hold ids of the window, in the order in which they were numbered.
    private static func parts(
        _ database: Database, _ station: StationState
    ) throws -> [(partition: Int, part: ChunkPart)] {
        let first = Int64(station.firstWindowID)
        guard first < station.idsTotal else { return [] }
        let horizon = station.duplicates.horizon(at: station.appendedMax)
        var parts: [(partition: Int, part: ChunkPart)] = []
        for (number, partition) in station.partitions.enumerated() {
            let reader = ChunkReader(partition: partition.id)
            guard
                let numbered = try reader.firstRow(
                    database, where: .idsAfter, reaches: first + 1, in: partition),
                let young = try reader.firstRow(
                    database, where: .appended, reaches: horizon, in: partition)
            else { continue }
            parts += try reader.parts(database, from: max(numbered, young))
                .filter { $0.idsAfter > first && $0.appended >= horizon }
                .map { (number, $0) }
        }
        // Parts that end at the same number hold no ids, but the first of them.
        return parts.sorted {
            ($0.part.idsAfter, $0.partition, $0.part.row, $0.part.events.lowerBound)
                < ($1.part.idsAfter, $1.partition, $1.part.row, $1.part.events.lowerBound)
        }
    }
}

extension WindowSummary {
    /// The window of a station at `now`, from the rows at its ends alone.
    init(_ database: Database, _ station: StationState, now: EventTime) throws {
        var first = Int64(station.firstWindowID)
        // It may have been deleted after it was looked up.
        let exists =
            try first < station.idsTotal
            && Row.fetchOne(
                database, sql: "SELECT 1 FROM station WHERE id = ?", arguments: [station.id]) != nil
        guard exists else {
            self.init()
            return
        }
        let horizon = station.duplicates.horizon(at: max(now.microseconds, station.appendedMax))
        for partition in station.partitions {
            first = max(first, try Self.idsTooOld(database, partition, horizon: horizon))
        }
        guard first < station.idsTotal else {
            self.init()
            return
        }
        var since = station.appendedMax
        for partition in station.partitions {
            let reader = ChunkReader(partition: partition.id)
            guard
                let row = try reader.firstRow(
                    database, where: .idsAfter, reaches: first + 1, in: partition),
                let part = try reader.parts(database, from: row, oneRow: true)
                    .first(where: { $0.idsAfter > first })
            else { continue }
            since = min(since, part.appended)
        }
        self.init(ids: Int(station.idsTotal - first), since: EventTime(microseconds: since))
    }

    /// The ids that were given up to the partition's last event from before `horizon`.
    private static func idsTooOld(
        _ database: Database, _ partition: PartitionState, horizon: Int64
    ) throws -> Int64 {
        let reader = ChunkReader(partition: partition.id)
        let young = try reader.firstRow(
            database, where: .appended, reaches: horizon, in: partition)
        let before = try reader.idsBefore(database, young ?? partition.next, in: partition)
        guard let young else { return before }
        return try reader.parts(database, from: young, oneRow: true)
            .last { $0.appended < horizon }?.idsAfter ?? before
    }
}
