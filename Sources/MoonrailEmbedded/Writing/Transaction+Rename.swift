import GRDB
import MoonrailCore

/// Functions that are called otherwise from now on.
extension Transaction {
    /// Everything of the lanes hangs on their rows, everything of the dead letters on their
    /// station's: both get another name.
    mutating func rename(_ function: FunctionName, to name: FunctionName) throws {
        let moved = lanes.filter { $0.key.function == function }
        // All is checked before anything is written.
        if !moved.isEmpty, lanes.keys.contains(where: { $0.function == name }) {
            throw EngineError.exists(
                "function '\(name)' has positions of its own; it can't take those of "
                    + "'\(function)' over")
        }
        let own: [(what: String, station: (FunctionName) -> StationName)] = [
            ("dead letters", StationName.deadLetters), ("state", StationName.stateChanges),
        ]
        for (what, station) in own {
            guard (try? self.station(station(function))) != nil,
                let replaced = try? self.station(station(name)),
                replaced.partitions.contains(where: { $0.next > 0 })
            else { continue }
            throw EngineError.exists(
                "function '\(name)' has \(what) of its own; it can't take those of "
                    + "'\(function)' over")
        }
        try database.execute(
            sql: "UPDATE lane SET function = ? WHERE function = ?",
            arguments: [name.text, function.text])
        for (id, lane) in moved {
            changes.lanes[id] = nil
            changes.removedLanes.insert(id)
            change(LaneID(function: name, partition: id.partition), lane)
        }
        for (_, station) in own {
            guard let kept = try? self.station(station(function)) else { continue }
            // One that never held an event.
            if let replaced = try? self.station(station(name)) {
                try drop(station(name), replaced)
            }
            try rename(station(function), to: station(name), kept)
        }
    }

    private mutating func rename(
        _ name: StationName, to other: StationName, _ station: StationState
    ) throws {
        try database.execute(
            sql: "UPDATE station SET name = ? WHERE id = ?", arguments: [other.text, station.id])
        try database.execute(
            sql: "UPDATE lane_position SET station = ? WHERE station = ?",
            arguments: [other.text, name.text])
        if let appender = appenders.removeValue(forKey: name) { appenders[other] = appender }
        changes.stations[name] = .some(nil)
        changes.stations[other] = station
        for (id, var lane) in lanes {
            guard let next = lane.position.offsets.removeValue(forKey: name) else { continue }
            lane.position.offsets[other] = next
            change(id, lane)
        }
    }
}
