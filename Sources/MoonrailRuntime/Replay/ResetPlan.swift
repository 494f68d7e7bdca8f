import MoonrailCore

/// What a reset would do: to the function, to its state, and to everything downstream.
package struct ResetPlan: Hashable, Sendable {
    package var moves: [LaneMove]
    /// Of the events that run again, about so many emissions come, going by what came so far.
    package var emissions: UInt64
    /// Keys whose state is rebuilt, all those there are at most; nil: nothing is to be rebuilt.
    package var stateKeys: UInt64?
    /// Dead letters of the function that wait; those of events that run again may come to more.
    package var pendingLetters: UInt64
    /// In the order in which events come to them.
    package var downstream: [Downstream]

    /// A station that gets outputs, directly or through other functions.
    package struct Downstream: Hashable, Sendable {
        package var station: StationName
        /// The function that writes it.
        package var writer: FunctionName
        /// Events that it holds now.
        package var events: UInt64
        /// About so many come; of a replay that fills in, at most.
        package var expected: UInt64
        /// The functions that read it.
        package var readers: [FunctionName]
    }

    package var eventsAgain: UInt64 { moves.reduce(0) { $0 + $1.eventsAgain } }
}

/// Makes plans: reads only.
package struct ResetPlanner: Sendable {
    private let engine: any StationEngine

    package init(engine: any StationEngine) {
        self.engine = engine
    }

    /// Where a function stands between stations, as it was deployed last.
    private struct Place {
        var from: [StationName]
        var to: [StationName]
    }

    /// - Parameter definition: of what is deployed, if that is known.
    /// - Throws: `ResetRefused` when it can't be done so; `EngineError`.
    package func plan(
        _ wish: ResetWish, of function: FunctionName, _ definition: FunctionDefinition? = nil
    ) async throws -> ResetPlan {
        if wish.outputs == .shadow {
            return try await shadowPlan(wish, of: function, definition)
        }
        let lanes = try await FunctionReset.lanes(of: function, wish.partition, in: engine)
        let keepsState = try await hasState(function)
        let moves = LaneMoves(
            wish: wish, function: function, keepsState: keepsState, engine: engine)
        var plan = ResetPlan(
            moves: [], emissions: 0, stateKeys: nil, pendingLetters: 0, downstream: [])
        for lane in lanes {
            let move = try await moves.move(of: lane.lane, at: lane.position)
            plan.moves.append(move)
            plan.emissions += lane.share(of: move.eventsAgain)
            plan.pendingLetters += lane.counts.pending
        }
        if keepsState, plan.eventsAgain > 0 {
            plan.stateKeys = try await FunctionStates(engine: engine).count(of: function)
        }
        plan.downstream = try await downstream(of: function, emissions: plan.emissions)
        return plan
    }

    /// Of a shadow nothing comes but what stands in its own stations.
    private func shadowPlan(
        _ wish: ResetWish, of function: FunctionName, _ definition: FunctionDefinition?
    ) async throws -> ResetPlan {
        guard let definition else {
            throw ResetRefused("function '\(function)' is not deployed, so that nothing shadows it")
        }
        let registry = try await FunctionRegistry(engine)
        let moves = try await ShadowMoves(engine: engine, registry: registry)
            .moves(wish, of: definition)
        var plan = ResetPlan(
            moves: moves, emissions: 0, stateKeys: nil, pendingLetters: 0, downstream: [])
        let lanes = try await FunctionReset.lanes(of: function, nil, in: engine)
        plan.emissions = lanes.share(of: plan.eventsAgain)
        if definition.state != nil, plan.eventsAgain > 0 {
            plan.stateKeys = try await FunctionStates(engine: engine).count(of: function)
        }
        plan.downstream = try Shadow(of: definition).outputs.map { station in
            ResetPlan.Downstream(
                station: station.shadow, writer: function, events: 0, expected: plan.emissions,
                readers: [])
        }
        return plan
    }

    private func hasState(_ function: FunctionName) async throws(EngineError) -> Bool {
        do throws(EngineError) {
            _ = try await engine.describe(.stateChanges(of: function))
            return true
        } catch {
            guard case .stationNotFound = error else { throw error }
            return false
        }
    }

    /// Follows what comes of `emissions` through all functions, each once.
    private func downstream(
        of function: FunctionName, emissions: UInt64
    ) async throws -> [ResetPlan.Downstream] {
        let places = try await places()
        let lanes = Dictionary(grouping: try await engine.lanes(), by: \.lane.function)
        var downstream: [ResetPlan.Downstream] = []
        var waiting = [(function: function, emissions: emissions)]
        var seen: Set<FunctionName> = [function]
        while !waiting.isEmpty {
            let next = waiting.removeFirst()
            for station in places[next.function]?.to ?? [] {
                let readers = places.filter { $0.value.from.contains(station) }.map(\.key).sorted()
                guard let summary = try? await engine.describe(station) else { continue }
                downstream.append(
                    .init(
                        station: station, writer: next.function, events: summary.events,
                        expected: next.emissions, readers: readers))
                for reader in readers where seen.insert(reader).inserted {
                    let emissions = (lanes[reader] ?? []).share(of: next.emissions)
                    waiting.append((reader, emissions))
                }
            }
        }
        return downstream
    }

    private func places() async throws -> [FunctionName: Place] {
        let registry = try await FunctionRegistry(engine)
        return registry.deployed.mapValues { version in
            Place(
                from: version.from.compactMap { try? StationName($0) },
                to: version.to.compactMap { try? StationName($0) })
        }
    }
}

extension LaneSummary {
    /// What came of so many events, going by what came so far.
    fileprivate func share(of events: UInt64) -> UInt64 { [self].share(of: events) }
}

extension [LaneSummary] {
    fileprivate func share(of events: UInt64) -> UInt64 {
        let processed = reduce(0) { $0 + $1.counts.processed }
        let emitted = reduce(0) { $0 + $1.counts.emitted }
        guard processed > 0 else { return 0 }
        return UInt64((Double(events) * Double(emitted) / Double(processed)).rounded())
    }
}
