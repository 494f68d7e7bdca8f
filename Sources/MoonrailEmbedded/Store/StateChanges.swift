import MoonrailCore

/// What a transaction changes in `StoreState` once it is on disk.
struct StateChanges: Sendable {
    /// The station's new state; nil inside when it was deleted.
    var stations: [StationName: StationState?] = [:]
    var lanes: [LaneID: LaneState] = [:]
    /// Lanes that go on under another name, or that `lanes` has anew.
    var removedLanes: Set<LaneID> = []
    /// The chunks that it wrote, with their partitions.
    var chunks: [(partition: Int64, chunk: StoredChunk)] = []
    var values = ValueChanges()

    /// What those who wait for events want to know of these changes to `committed`.
    func news(since committed: StoreState) -> [Waiters.News] {
        stations.map { name, after in
            guard let before = committed.stations[name], let after, before.id == after.id else {
                return Waiters.News(station: name, partitions: nil)
            }
            let grown = zip(before.partitions, after.partitions).enumerated()
                .filter { $0.element.0.next != $0.element.1.next }
            return Waiters.News(station: name, partitions: grown.map { UInt32($0.offset) })
        }
    }
}

extension StateChanges {
    /// Partitions that `committed` has and that are gone now.
    func deletedPartitions(since committed: StoreState) -> [Int64] {
        stations.flatMap { name, after -> [Int64] in
            guard let before = committed.stations[name], before.id != after?.id else { return [] }
            return before.partitions.map(\.id)
        }
    }
}

extension StoreState {
    mutating func apply(_ changes: StateChanges) {
        for (name, station) in changes.stations { stations[name] = station }
        for lane in changes.removedLanes { lanes[lane] = nil }
        lanes.merge(changes.lanes) { $1 }
    }
}
