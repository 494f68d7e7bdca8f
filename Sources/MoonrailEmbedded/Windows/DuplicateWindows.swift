import GRDB
import MoonrailCore

/// The windows of all stations that were given an id since the start. No budget joins them: each
/// is bounded by its station's own settings.
struct DuplicateWindows: Sendable {
    private var windows: [Int64: StationWindow] = [:]
    /// Stations to whose windows the running transaction added ids.
    private var touched: Set<Int64> = []
    /// Stations whose windows were rebuilt from what the running transaction sees.
    private var rebuilt: Set<Int64> = []
    /// Stations whose windows must be rebuilt after the running transaction.
    private var outdated: Set<Int64> = []

    /// The receipt of an event that the station's window knows; nil when it is new to it.
    ///
    /// The window must be prepared when the event has an id of its own. It changes nothing, but
    /// only so the window is looked at in its place: to take a copy out counts ten references.
    mutating func receipt(_ record: EventRecord, station: Int64) -> AppendReceipt? {
        guard record.hasGivenID, let entry = windows[station]?.find(NameHash(record.idField))
        else { return nil }
        return entry.content == contentHash(record.payload)
            ? .duplicate(partition: entry.partition, offset: entry.offset)
            : .conflict(partition: entry.partition, offset: entry.offset)
    }

    /// Which of a settlement's events emit an id that is known with another payload, or that the
    /// same request gives twice with different ones.
    ///
    /// - Parameter given: payload hashes of the ids that the request gave so far.
    mutating func conflicts(
        in append: StationAppend, station: Int64, given: inout [NameHash: UInt64]
    ) -> [Int] {
        var events: [Int] = []
        append.records.forEachRecord { index, record in
            guard record.hasGivenID else { return }
            let id = NameHash(record.idField)
            let content = contentHash(record.payload)
            let before = given.updateValue(content, forKey: id)
            var conflicts = before.map { $0 != content } ?? false
            if case .conflict = receipt(record, station: station) { conflicts = true }
            if conflicts {
                given[id] = before ?? content
                events.append(append.causes[index])
            }
        }
        return events
    }

    mutating func add(_ record: EventRecord, station: Int64, partition: UInt32, offset: UInt64) {
        windows[station]?.add(
            .init(
                id: NameHash(record.idField), content: contentHash(record.payload),
                partition: partition, offset: offset))
        touched.insert(station)
    }

    /// Makes the station's window ready for look-ups at `now`. The first id that meets a station
    /// after a start, or after its reach was altered, rebuilds it from the end of its log.
    mutating func prepare(
        _ database: Database, _ name: StationName, _ station: StationState, now: EventTime
    ) throws {
        if windows[station.id] == nil {
            windows[station.id] = try StationWindow(database, name, station)
            rebuilt.insert(station.id)
        }
        windows[station.id]?.prepare(station, now: now.microseconds)
    }

    /// The station's reach was altered: from the next transaction on its window is another.
    mutating func outdate(station: Int64) {
        outdated.insert(station)
    }

    mutating func remove(station: Int64) {
        windows[station] = nil
        touched.remove(station)
    }

    /// The transaction is on disk.
    mutating func commit(_ changes: StateChanges) {
        for case let station? in changes.stations.values where touched.contains(station.id) {
            if windows[station.id]?.commit(station) == false { outdated.insert(station.id) }
        }
        end(forgetting: outdated)
    }

    /// The transaction was not written. What was rebuilt may lack what it would have removed.
    mutating func rollBack() {
        for station in touched { windows[station]?.rollBack() }
        end(forgetting: rebuilt.union(outdated))
    }

    private mutating func end(forgetting stations: Set<Int64>) {
        for station in stations { windows[station] = nil }
        touched.removeAll(keepingCapacity: true)
        rebuilt.removeAll(keepingCapacity: true)
        outdated.removeAll(keepingCapacity: true)
    }
}

extension Duration {
    /// Whole microseconds; the rest is cut off.
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
