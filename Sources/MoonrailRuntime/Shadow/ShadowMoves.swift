import MoonrailCore

/// Finds out what a shadow would run, and refuses what can't have one.
struct ShadowMoves {
    let engine: any StationEngine
    let registry: FunctionRegistry

    /// Finds out from where to where its lanes are to run history.
    ///
    /// - Parameter definition: of what is deployed.
    /// - Throws: `ResetRefused` when it can't be done so; `EngineError`.
    func moves(
        _ wish: ResetWish, of definition: FunctionDefinition
    ) async throws -> [LaneMove] {
        let name = definition.name
        try ShadowDrop.expectNone(of: name, in: registry)
        guard wish.partition == nil else {
            throw ResetRefused("a shadow is one of the whole function; leave out --partition")
        }
        guard definition.timers == nil else {
            throw ResetRefused.timers(of: name)
        }
        let shadow = try Shadow(of: definition)
        if let own = shadow.stations.first(where: { definition.from.contains($0.live) }) {
            throw ResetRefused(
                "function '\(name)' reads '\(own.live)', which it writes: its shadow would read "
                    + "what the function made of it, and not what it made itself")
        }
        for (other, record) in registry.shadows where other != name {
            let others = try Shadow(of: other, record)
            let taken = Set(others.stations.map(\.shadow))
            guard let station = shadow.stations.first(where: { taken.contains($0.shadow) })?.shadow
            else { continue }
            throw ResetRefused(
                "station '\(station)' is of the shadow of '\(other)'; end that first")
        }
        return try await moves(wish, name, keepsState: definition.state != nil)
    }

    private func moves(
        _ wish: ResetWish, _ name: FunctionName, keepsState: Bool
    ) async throws -> [LaneMove] {
        let moves = LaneMoves(
            wish: wish, function: name, keepsState: keepsState, engine: engine)
        var planned: [LaneMove] = []
        for lane in try await FunctionReset.lanes(of: name, nil, in: engine) {
            let move = try await moves.move(of: lane.lane, at: lane.position)
            if keepsState, !move.to.isBeginning {
                throw ResetRefused(
                    "'\(name)' keeps state: its shadow rebuilds it from nothing, so that it must "
                        + "begin at offset 0 of the input, and not at "
                        + LaneMoves.text(move.to))
            }
            planned.append(move)
        }
        return planned
    }
}
