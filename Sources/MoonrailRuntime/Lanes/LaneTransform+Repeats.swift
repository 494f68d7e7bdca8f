import MoonrailCore

/// Events that run again: what the clock did between them is repeated where it was, whatever the
/// clock says now.
extension LaneTransform {
    /// Repeats the ticks behind the event that the lane took last, before anything else.
    func repeatFirstTicks(_ progress: inout Progress) async throws(EngineError) -> Tick {
        if progress.ticks.isEmpty { return .goesOn }
        for (station, offset) in progress.position.offsets where offset > 0 {
            let place = InputPlace(station: station, offset: offset - 1)
            guard progress.ticks.contains(where: { $0.place == place }) else { continue }
            guard try await prepare(nil, &progress) else { return .ends(nil) }
            let tick = await repeatTicks(after: place, &progress)
            guard case .goesOn = tick else { return tick }
        }
        return .goesOn
    }

    /// Runs a batch, and repeats the ticks behind its events.
    func runWithTicks(_ batch: LaneBatch, _ progress: inout Progress) async -> Tick {
        for piece in batch.pieces(cutBehind: Set(progress.ticks.map(\.place))) {
            if let pause = await run(piece, &progress) { return .ends(pause) }
            if progress.ticks.isEmpty { continue }
            // It may have been broken off.
            if Task.isCancelled || stop.isMade || state?.failure != nil { return .goesOn }
            let tick = await repeatTicks(after: piece.inputPlace(piece.count - 1), &progress)
            guard case .goesOn = tick else { return tick }
        }
        return .goesOn
    }

    private func repeatTicks(after place: InputPlace, _ progress: inout Progress) async -> Tick {
        while let index = progress.ticks.firstIndex(where: { $0.place == place }) {
            let tick = await fire(progress.ticks[index], &progress)
            guard case .goesOn = tick else { return tick }
            progress.ticks.remove(at: index)
        }
        return .goesOn
    }
}
