import MoonrailCore

/// What a transaction changes in `StoreState` once it is on disk.
struct StateChanges: Sendable {
    /// The station's new state; nil inside when it was deleted.
    var stations: [StationName: StationState?] = [:]
    var lanes: [LaneID: LaneState] = [:]
}

extension StoreState {
    mutating func apply(_ changes: StateChanges) {
        for (name, station) in changes.stations { stations[name] = station }
        lanes.merge(changes.lanes) { $1 }
    }
}
