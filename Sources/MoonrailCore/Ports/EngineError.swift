/// What the storage engine could not do, in the user's words.
package enum EngineError: Error, Hashable, Sendable {
    /// No station of this name.
    case stationNotFound(StationName)
    /// The station exists with other settings than those asked for.
    case stationDiffers(StationName, String)
    /// The partition number is not below the station's count.
    case partitionNotFound(StationName, partition: UInt32, count: UInt32)
    /// Another claim of the lane is newer, or the lane stands elsewhere; nothing was written.
    case claimLost(LaneID)
    /// Another worker runs the lane; nothing was done.
    case laneElsewhere(LaneID, worker: String)
    /// A write failed after lanes had read its events ahead of the flush; this lane may be one of
    /// them. Nothing was written; the lane goes on from its last settlement once it is claimed
    /// anew.
    case inputWithdrawn(LaneID)
    /// Events of one of the settlements whose emissions have ids that conflict; nothing
    /// was written.
    case emissionConflicts(LaneID, settlement: Int, events: [Int])
    /// What was stored can't be read back as it was written; it is never served.
    case corrupt(String)
    /// The store can't be opened, read or written: disk, permissions, space, shutting down.
    case unavailable(String)
    /// The disk is full: nothing was written, and writing works again once there is space.
    case full(String)
    /// What was to be made is there already; it is left as it is.
    case exists(String)
    /// What was to stand still has moved meanwhile.
    case moved(String)
    /// Another process owns the data directory.
    case inUse(String)
    /// This engine can't do it, ever; the sentence says what to do instead.
    case unsupported(String)

    /// Whether the same call may succeed later without anybody asking for something else.
    package var isPassing: Bool {
        switch self {
        case .unavailable, .full: true
        default: false
        }
    }
}

extension EngineError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .stationNotFound(let name):
            "station '\(name)' does not exist; create it with: moonrail station create \(name)"
        case .stationDiffers(let name, let how): "station '\(name)' exists with \(how)"
        case .partitionNotFound(let name, let partition, let count):
            "station '\(name)' has no partition \(partition); it has \(count), from 0"
        case .claimLost(let lane): "lane \(lane) was claimed by another worker or moved"
        case .laneElsewhere(let lane, let worker):
            "lane \(lane) runs on worker '\(worker)'; ask that one"
        case .inputWithdrawn(let lane):
            "lane \(lane) had read events that could not be stored; it starts again from its last "
                + "settlement; try again"
        case .emissionConflicts(let lane, _, let events):
            "lane \(lane): \(events.count) emissions have ids that their station knows"
        case .corrupt(let what): what
        case .unavailable(let what): what
        case .full(let what): what
        case .exists(let what): what
        case .moved(let what): what
        case .inUse(let what): what
        case .unsupported(let what): what
        }
    }
}
