import GRDB
import MoonrailCore

/// Two functions that exchange what they have.
extension Transaction {
    /// No function or station is called so.
    private static let between = ""

    mutating func exchange(
        _ exchange: LaneExchange, _ settlements: [PreparedSettlement], _ memory: inout AppendMemory
    ) throws {
        let stations = try checked(exchange)
        let pairs = try lanePairs(exchange)
        try check(settlements, in: stations, &memory)
        try give(exchange.first.text, Self.between)
        try give(exchange.second.text, exchange.first.text)
        try give(Self.between, exchange.second.text)
        for (partition, first, second) in pairs {
            let ids = [exchange.first, exchange.second]
                .map { LaneID(function: $0, partition: partition) }
            // Whoever holds a claim of either name is to lose it.
            let fence = max(first.fence, second.fence) + 1
            for (id, var lane) in zip(ids, [second, first]) {
                lane.fence = fence
                try database.execute(
                    sql: "UPDATE lane SET fence = ? WHERE id = ?",
                    arguments: [Int64(fence), lane.id])
                change(id, lane)
            }
        }
        for (names, first, second) in stations {
            for (name, id) in [
                (Self.between, first.id), (names.first.text, second.id),
                (names.second.text, first.id),
            ] {
                try database.execute(
                    sql: "UPDATE station SET name = ? WHERE id = ?", arguments: [name, id])
            }
            let appender = appenders.removeValue(forKey: names.first)
            appenders[names.first] = appenders.removeValue(forKey: names.second)
            appenders[names.second] = appender
            changes.stations[names.first] = second
            changes.stations[names.second] = first
            try keepPlaces(of: names)
        }
        for settlement in settlements { try settle([settlement], &memory) }
        CrashPoint.exchange.pass()
    }

    /// Where lanes once were in stations that they do not read now, they still are: in the same
    /// stations under their other names.
    private mutating func keepPlaces(of names: LaneExchange.Stations) throws {
        for (id, var lane) in lanes {
            let reads = lane.readPosition.offsets
            for (name, other) in [(names.first, names.second), (names.second, names.first)] {
                guard reads[name] == nil, let next = lane.position.offsets[name] else { continue }
                lane.position.offsets[name] = nil
                lane.position.offsets[other] = next
                try database.execute(
                    sql: "UPDATE lane_position SET station = ? WHERE lane = ? AND station = ?",
                    arguments: [other.text, lane.id, name.text])
                change(id, lane)
                break
            }
        }
    }

    private typealias StationPair = (LaneExchange.Stations, StationState, StationState)

    /// The stations, when they end where they are said to.
    private func checked(_ exchange: LaneExchange) throws -> [StationPair] {
        try exchange.stations.map { names in
            let (first, second) = (try station(names.first), try station(names.second))
            for (name, station, ends) in [
                (names.first, first, names.firstEnds), (names.second, second, names.secondEnds),
            ] where station.partitions.map(\.next) != ends {
                throw EngineError.moved("station '\(name)' got events meanwhile; try again")
            }
            guard first.partitions.count == second.partitions.count else {
                throw EngineError.stationDiffers(
                    names.second, second.settings.difference(from: first.settings))
            }
            return (names, first, second)
        }
    }

    /// The lanes of both, by their partitions, when they stand at the same positions.
    private func lanePairs(
        _ exchange: LaneExchange
    ) throws -> [(partition: UInt32, first: LaneState, second: LaneState)] {
        func lanes(of function: FunctionName) -> [UInt32: LaneState] {
            Dictionary(
                self.lanes.filter { $0.key.function == function }
                    .map { ($0.key.partition, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let (first, second) = (lanes(of: exchange.first), lanes(of: exchange.second))
        guard Set(first.keys) == Set(second.keys) else {
            throw EngineError.moved(
                "'\(exchange.first)' has \(first.count) lanes and '\(exchange.second)' "
                    + "\(second.count)")
        }
        return try first.keys.sorted().map { partition in
            guard let one = first[partition], let other = second[partition],
                one.readPosition == other.readPosition
            else {
                throw EngineError.moved(
                    "lane \(partition) of '\(exchange.first)' and that of '\(exchange.second)' "
                        + "stand at different places")
            }
            return (partition, one, other)
        }
    }

    /// Refuses what `settle` would, before anything is written, and readers that are left out: they
    /// would go on in the middle of another station.
    private mutating func check(
        _ settlements: [PreparedSettlement], in stations: [StationPair],
        _ memory: inout AppendMemory
    ) throws {
        var settled: Set<LaneID> = []
        for prepared in settlements {
            let id = prepared.settlement.claim.lane
            precondition(prepared.appends.isEmpty, "it would append to what is exchanged")
            guard settled.insert(id).inserted, let lane = lane(id) else {
                throw EngineError.claimLost(id)
            }
            try check([prepared], of: id, lane, &memory)
        }
        for (id, lane) in lanes where !settled.contains(id) {
            for (names, _, _) in stations {
                for name in [names.first, names.second]
                where lane.readPosition.offsets[name] != nil {
                    throw EngineError.moved("lane \(id) reads station '\(name)'")
                }
            }
        }
    }
}
