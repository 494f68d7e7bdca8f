import MoonrailCore

/// What becomes of the lanes that read a function's stations when others take their names: each
/// has taken all that was there, and goes on behind all that is there then.
struct ReaderMoves {
    let shadow: Shadow
    let registry: FunctionRegistry
    let engine: any StationEngine

    /// The lanes that ever read one of the stations, each with the stations that it read.
    func readers() async throws(EngineError) -> [(lane: LaneSummary, stations: [Shadow.Stations])] {
        try await engine.lanes().compactMap { lane in
            guard lane.lane.function != shadow.function, lane.lane.function != shadow.name else {
                return nil
            }
            let stations = shadow.stations.filter { lane.position.offsets[$0.live] != nil }
            return stations.isEmpty ? nil : (lane, stations)
        }
    }

    /// A lane that has not come to the end of a station that it reads; nil when all have.
    func firstBehind() async throws(EngineError) -> (lane: LaneID, station: StationName)? {
        var ends: [StationName: [UInt64]] = [:]
        for (lane, stations) in try await readers() {
            for station in stations.map(\.live) {
                if ends[station] == nil { ends[station] = try await engine.ends(of: station) }
                let end = ends[station].end(of: lane.lane.partition)
                if lane.position[station] < end { return (lane.lane, station) }
            }
        }
        return nil
    }

    /// Claims the lanes, which nobody runs, and answers with the settlements that move them.
    ///
    /// - Parameter ends: of the shadow's stations.
    /// - Throws: `EngineError`.
    func settlements(
        to ends: [StationName: [UInt64]]
    ) async throws(EngineError) -> [Settlement] {
        var settlements: [Settlement] = []
        for (lane, stations) in try await readers() {
            let inputs = lane.position.offsets.keys.sorted()
            let claim = try await engine.claim(lane.lane, inputs: inputs, start: .earliest)
            var generations = try await engine.generations(of: lane.lane)
            let generation = claim.generation + 1
            var (to, forgotten) = (claim.position, Position())
            for station in stations {
                to[station.live] = ends[station.shadow].end(of: lane.lane.partition)
                forgotten[station.live] = 0
            }
            // The offsets are those of other events from now on: so are the ids.
            let begin = Position(to.offsets.merging(forgotten.offsets) { $1 })
            generations.begin(generation, at: begin)
            let version = registry.record(of: lane.lane.function)?.current?.version ?? ""
            settlements.append(
                Settlement(
                    claim: claim, from: claim.position, to: to, appends: [],
                    changes: [
                        LaneValueChange(
                            space: .generations, key: [], value: generations.encoded),
                        LaneValueChange(space: .swappedInputs, key: [], value: [1]),
                    ],
                    // What was taken before is not to be found under these names any more.
                    journal: JournalRecord(
                        version: FunctionVersion(text: version), taken: [],
                        reset: .init(generation: generation, position: forgotten)),
                    generation: generation))
        }
        return settlements
    }
}

extension [UInt64]? {
    /// Of the ends of partitions that of one; 0 where a lane is of a partition that is not there.
    fileprivate func end(of partition: UInt32) -> UInt64 {
        guard let ends = self, Int(partition) < ends.count else { return 0 }
        return ends[Int(partition)]
    }
}
