import MoonrailCore

/// Moves the lanes of a function while none of them runs.
struct FunctionReset {
    let engine: any StationEngine
    let registry: FunctionRegistry
    let now: @Sendable () -> EventTime

    /// Moves them, each in one settlement. When it is broken off some may be moved and others not;
    /// what was moved shows that, and to repeat it is no harm but that `append` makes another
    /// generation.
    ///
    /// - Throws: `ResetRefused`, and then nothing was moved; `EngineError`.
    func perform(_ wish: ResetWish, on function: DeployableFunction) async throws -> [LaneMove] {
        let moves = LaneMoves(
            wish: wish, function: function.name, keepsState: function.definition.state != nil,
            engine: engine)
        // Ids of a shadow may have gone out before a swap was taken back.
        let shadows = registry.record(of: function.name)?.shadowGeneration ?? 0
        var settlements: [(move: LaneMove, settlement: Settlement)] = []
        for lane in try await Self.lanes(of: function.name, wish.partition, in: engine) {
            let begun = try await LaneBeginning(
                of: function, lane.lane, in: engine, now: now)
            let move = try await moves.move(of: lane.lane, at: begun.claim.position)
            if let generations = begun.builder.generations,
                generations.beginnings.count >= Generations.most
            {
                throw ResetRefused(
                    "lane \(lane.lane) was moved \(Generations.most) times, each time behind the "
                        + "one before; move it to earliest once")
            }
            let restoresState = function.definition.state != nil && !move.keepsState
            var reached: EventTime?
            if restoresState { reached = try await watermark(of: function, at: move) }
            settlements.append(
                (
                    move,
                    begun.builder.settlement(
                        movingTo: move.to, outputs: wish.outputs,
                        restoresState: restoresState, watermark: reached,
                        parkedKeys: begun.parkedKeys, eventsPerSecond: wish.eventsPerSecond,
                        at: now(), generation: max(begun.claim.generation, shadows) + 1)
                ))
        }
        for (_, settlement) in settlements {
            try await engine.settle([settlement])
            CrashPoint.reset.pass()
        }
        return settlements.map(\.move)
    }

    /// How far event time had come where a lane is moved to.
    private func watermark(
        of function: DeployableFunction, at move: LaneMove
    ) async throws -> EventTime? {
        guard try await engine.value(of: move.lane, in: .watermark, key: []) != nil else {
            return nil
        }
        let search = WatermarkSearch(
            lane: move.lane, history: try await engine.history(of: move.lane),
            lateness: function.definition.timers?.lateness ?? .zero, engine: engine)
        return try await search.reached(at: move.to)
    }

    /// The function's lanes that a wish is about.
    ///
    /// - Throws: `ResetRefused` when there are none.
    static func lanes(
        of function: FunctionName, _ partition: UInt32?, in engine: any LaneStore
    ) async throws -> [LaneSummary] {
        let lanes = try await engine.lanes().filter { $0.lane.function == function }
        guard !lanes.isEmpty else {
            throw ResetRefused("function '\(function)' never ran, so that it has no positions")
        }
        guard let partition else { return lanes }
        guard let lane = lanes.first(where: { $0.lane.partition == partition }) else {
            throw ResetRefused(
                "function '\(function)' has no lane \(partition); it has \(lanes.count), from 0")
        }
        return [lane]
    }
}
