import MoonrailCore

/// Keeps how far consumer groups have come. Nothing here reads events.
package struct ConsumerGroups: Sendable {
    private let engine: any StationEngine

    package init(engine: any StationEngine) {
        self.engine = engine
    }

    /// All groups, in the order of their names.
    package func groups() async throws(EngineError) -> [ConsumerGroup] {
        ConsumerGroup.groups(of: try await engine.lanes())
    }

    /// - Throws: `ConsumerRefused.notFound`, `EngineError`.
    package func group(_ name: ConsumerGroupName, of station: StationName) async throws
        -> ConsumerGroup
    {
        // A station that does not exist is said to be missing, and not its group.
        _ = try await engine.describe(station)
        guard let group = try await find(name), group.station == station else {
            throw ConsumerRefused.notFound(name, station)
        }
        return group
    }

    /// Creates the group unless it is there; then it stays where it is. On disk when it returns.
    ///
    /// - Parameter start: where it begins in each partition; nil: behind the last event.
    /// - Returns: the group, and whether it is new.
    /// - Throws: `ConsumerRefused.reads`, `noPosition`; `EngineError`.
    package func create(
        _ name: ConsumerGroupName, of station: StationName, at start: [UInt32: UInt64]
    ) async throws -> (group: ConsumerGroup, isNew: Bool) {
        let known = try await find(name)
        if let known, known.station != station {
            throw ConsumerRefused.reads(name, known.station)
        }
        let partitions = try await engine.describe(station).partitions
        let knownPartitions = Set(known?.partitions.map(\.partition) ?? [])
        try check(start, partitions)
        for number in 0..<UInt32(partitions.count) where !knownPartitions.contains(number) {
            let lane = LaneID(function: name.function, partition: number)
            let claim = try await engine.claim(lane, inputs: [station], start: .latest)
            let next = start[number] ?? claim.position[station]
            guard next != claim.position[station] else { continue }
            try await settle(claim, in: station, to: next, partitions[Int(number)])
        }
        return (try await group(name, of: station), known == nil)
    }

    /// Moves the group, when it stands where it is said to: partition by partition, each on disk
    /// when it returns.
    ///
    /// - Parameters:
    ///   - from: where it stands in the partitions that `to` names.
    ///   - to: the next events; before `from` too, as that is what is asked for.
    /// - Returns: the group as it was and as it is.
    /// - Throws: `ConsumerRefused`; when it has moved, partitions that were committed before stay
    ///   so, and the error has the group as it is. `EngineError`.
    package func commit(
        _ name: ConsumerGroupName, of station: StationName, from: [UInt32: UInt64],
        to: [UInt32: UInt64]
    ) async throws -> (before: ConsumerGroup, after: ConsumerGroup) {
        let before = try await group(name, of: station)
        let position = before.position
        let partitions = try await engine.describe(station).partitions
        try check(to, partitions)
        for number in to.keys {
            guard let expected = from[number] else {
                throw ConsumerRefused.noPosition(
                    "'from' says nothing of partition \(number), to which 'to' moves the group")
            }
            guard position[number] == expected else { throw ConsumerRefused.moved(before) }
        }
        for (number, next) in to.sorted(by: { $0.key < $1.key }) where next != from[number] {
            let lane = LaneID(function: name.function, partition: number)
            do {
                let claim = try await engine.claim(lane, inputs: [station], start: .latest)
                guard claim.position[station] == from[number] else {
                    throw EngineError.claimLost(lane)
                }
                try await settle(claim, in: station, to: next, partitions[Int(number)])
            } catch EngineError.claimLost {
                throw ConsumerRefused.moved(try await group(name, of: station))
            }
        }
        return (before, try await group(name, of: station))
    }

    /// Removes the group with its positions, for good.
    ///
    /// - Throws: `ConsumerRefused.notFound`, `EngineError`.
    package func delete(_ name: ConsumerGroupName, of station: StationName) async throws {
        _ = try await group(name, of: station)
        try await engine.arrange(.remove(name.function, stations: []), telling: [])
    }

    /// Removes all groups of a station, which is about to be deleted.
    package func deleteAll(of station: StationName) async throws(EngineError) {
        for group in try await groups() where group.station == station {
            try await engine.arrange(.remove(group.name.function, stations: []), telling: [])
        }
    }

    private func find(_ name: ConsumerGroupName) async throws(EngineError) -> ConsumerGroup? {
        try await groups().first { $0.name == name }
    }

    private func check(
        _ position: [UInt32: UInt64], _ partitions: [PartitionSummary]
    ) throws(ConsumerRefused) {
        for (number, next) in position {
            guard number < partitions.count else {
                throw .noPosition(
                    "there is no partition \(number); the station has \(partitions.count), from 0")
            }
            let end = partitions[Int(number)].next
            guard next <= end else {
                throw .noPosition(
                    "offset \(next) of partition \(number) is beyond its end at \(end)")
            }
        }
    }

    /// No function's: nothing ran.
    private static let version = FunctionVersion(text: String(repeating: "0", count: 64))

    private func settle(
        _ claim: LaneClaim, in station: StationName, to next: UInt64, _ partition: PartitionSummary
    ) async throws(EngineError) {
        let from = claim.position[station]
        let to = Position([station: next])
        var journal = JournalRecord(version: Self.version, taken: [])
        var counts = LaneCounts()
        if next < from {
            journal.reset = Generations.Beginning(generation: claim.generation, position: to)
        } else {
            // What retention has removed, nobody took.
            let first = max(from, partition.earliest)
            if first < next {
                journal.taken = [.init(station: station, first: first, last: next - 1)]
                counts.processed = next - first
            }
        }
        try await engine.settle([
            Settlement(
                claim: claim, from: Position([station: from]), to: to, appends: [],
                journal: journal, counts: counts)
        ])
    }
}
