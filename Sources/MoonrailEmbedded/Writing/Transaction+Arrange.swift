import GRDB
import MoonrailCore

/// An arrangement with its settlements prepared.
enum PreparedArrangement: Sendable {
    case rename(FunctionName, FunctionName)
    case exchange(LaneExchange, [PreparedSettlement])
    case remove(FunctionName, [StationName])
}

extension EmbeddedEngine {
    /// Prepares an arrangement on the caller's thread.
    func prepared(_ arrangement: LaneArrangement) -> PreparedArrangement {
        switch arrangement {
        case .rename(let function, let name): .rename(function, name)
        case .exchange(let exchange): .exchange(exchange, exchange.settlements.map { prepared($0) })
        case .remove(let function, let stations): .remove(function, stations)
        }
    }
}

/// Functions whose lanes and stations get other names, or go.
extension Transaction {
    /// Rows of a lane that one transaction removes at most: others write between two slices.
    static let removedRows = 10_000

    /// - Returns: whether nothing is left to do.
    mutating func arrange(
        _ arrangement: PreparedArrangement, _ memory: inout AppendMemory
    ) throws -> Bool {
        switch arrangement {
        case .rename(let function, let name):
            try rename(function, to: name)
            return true
        case .exchange(let exchange, let settlements):
            try self.exchange(exchange, settlements, &memory)
            return true
        case .remove(let function, let stations):
            return try remove(function, stations, &memory)
        }
    }

    /// Everything of the lanes hangs on their rows, everything of the dead letters on their
    /// station's: both get another name.
    private mutating func rename(_ function: FunctionName, to name: FunctionName) throws {
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
        try give(function.text, name.text)
        for (id, lane) in moved {
            remove(id)
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

    /// The rows of lanes get another function, or what is no function's name for the moment.
    func give(_ function: String, _ name: String) throws {
        try database.execute(
            sql: "UPDATE lane SET function = ? WHERE function = ?", arguments: [name, function])
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

    /// Removes a slice of what a function's lanes have; at the end the lanes and the stations.
    private mutating func remove(
        _ function: FunctionName, _ stations: [StationName], _ memory: inout AppendMemory
    ) throws -> Bool {
        let removed = lanes.filter { $0.key.function == function }
        var rows = Self.removedRows
        for lane in removed.values {
            try database.execute(
                sql: """
                    DELETE FROM lane_value WHERE lane = ?1 AND (space, key) IN
                        (SELECT space, key FROM lane_value WHERE lane = ?1 LIMIT ?2)
                    """, arguments: [lane.id, rows])
            rows -= database.changesCount
            try database.execute(
                sql: """
                    DELETE FROM journal WHERE lane = ?1 AND sequence IN
                        (SELECT sequence FROM journal WHERE lane = ?1 ORDER BY sequence LIMIT ?2)
                    """, arguments: [lane.id, rows])
            rows -= database.changesCount
            if rows == 0 { return false }
        }
        for (id, lane) in removed {
            try database.execute(
                sql: "DELETE FROM lane_position WHERE lane = ?", arguments: [lane.id])
            try database.execute(sql: "DELETE FROM lane WHERE id = ?", arguments: [lane.id])
            remove(id)
        }
        for station in stations where (try? self.station(station)) != nil {
            try delete(station, &memory)
        }
        return true
    }

    /// Nobody is to find a lane under this name any more.
    mutating func remove(_ id: LaneID) {
        changes.lanes[id] = nil
        changes.removedLanes.insert(id)
    }
}
