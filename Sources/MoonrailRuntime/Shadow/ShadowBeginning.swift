import MoonrailCore

/// Begins a shadow: lanes and stations beside those of a function, which goes on untouched.
struct ShadowBeginning {
    let engine: any StationEngine
    let registry: FunctionRegistry
    let now: @Sendable () -> EventTime

    /// Begins it. It is there once this has ended; what a beginning left that was broken off is
    /// removed by the next one.
    ///
    /// - Throws: `ResetRefused` when it can't be done so, and then nothing was done; `EngineError`.
    func perform(
        _ wish: ResetWish, on function: DeployableFunction, for asker: Asker
    ) async throws -> [LaneMove] {
        let moves = try await ShadowMoves(engine: engine, registry: registry)
            .moves(wish, of: function.definition)
        let shadow = try Shadow(of: function.definition)
        try await engine.arrange(
            .remove(shadow.name, stations: shadow.stations.map(\.shadow)), telling: [])
        for station in shadow.outputs + [shadow.deadLetters] {
            let settings = try await engine.describe(station.live).settings
            try await engine.open(station.shadow, settings: settings)
        }
        let running = function.running(as: shadow)
        let lanes = try await FunctionReset.lanes(of: function.name, nil, in: engine)
        let generation =
            max(
                lanes.reduce(0) { max($0, $1.generation) },
                registry.record(of: function.name)?.shadowGeneration ?? 0) + 1
        for move in moves {
            let lane = LaneID(function: shadow.name, partition: move.lane.partition)
            let begun = try await LaneBeginning(of: running, lane, in: engine, now: now)
            try await engine.settle([
                begun.builder.settlement(
                    movingTo: move.to, outputs: .shadow, restoresState: false, parkedKeys: [:],
                    eventsPerSecond: wish.eventsPerSecond, at: now(), generation: generation,
                    end: move.from)
            ])
        }
        try await registry.record(
            [
                FunctionChange(
                    .shadowed, function.name, version: RecordedVersion(function),
                    generation: generation, because: asker.because, by: asker, at: now())
            ], at: now())
        return moves
    }
}
