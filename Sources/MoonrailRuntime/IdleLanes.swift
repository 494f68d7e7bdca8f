import Logging
import MoonrailCore

/// The lanes of functions that no worker runs: claimed for as long as one wish takes.
package struct IdleLanes: LaneOperators {
    private let engine: any StationEngine
    let ownership: any LaneOwnership
    private let deployment: Deployment
    private let hosts: any FunctionHostStarter
    private let retry: Retry
    private let now: @Sendable () -> EventTime

    package init(
        engine: any StationEngine, ownership: any LaneOwnership = SoleOwner(),
        deployment: Deployment, hosts: any FunctionHostStarter, logger: Logger,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.engine = engine
        self.ownership = ownership
        self.deployment = deployment
        self.hosts = hosts
        self.now = now
        retry = Retry(clock: ContinuousClock(), logger: logger)
    }

    package func fulfil(_ wish: LetterWish, in lane: LaneID) async throws -> LetterSummary {
        let function = try await function(lane.function)
        try await LaneStations.open(in: engine)
        return try await ownership.holding([lane]) { try await fulfil(wish, in: lane, function) }
    }

    private func fulfil(
        _ wish: LetterWish, in lane: LaneID, _ function: DeployableFunction
    ) async throws -> LetterSummary {
        let begun = try await LaneBeginning(of: function, lane, in: engine, now: now)
        var program = function.program
        program.partition = lane.partition
        var host = HostSlot(
            program: program, hosts: hosts, retry: retry,
            state: begun.state(of: function, engine: engine, retry: retry))
        var run = LetterRun(
            engine: engine, claim: begun.claim, position: begun.claim.position,
            policy: function.definition.failure, builder: begun.builder,
            parkedKeys: begun.parkedKeys,
            logs: LogAllowance(linesPerSecond: program.limits.logRate), retry: retry, now: now)
        do throws(EngineError) {
            let summary = try await run.fulfil(wish, host: &host)
            await host.stop()
            return summary
        } catch {
            await host.stop()
            throw error
        }
    }

    package func resume(_ function: FunctionName) async throws -> Int {
        let deployable = try await self.function(function)
        let lanes = try await engine.lanes(of: [function])
        return try await ownership.holding(lanes) {
            var resumed = 0
            for lane in lanes {
                let begun = try await LaneBeginning(of: deployable, lane, in: engine, now: now)
                guard begun.pause != nil else { continue }
                try await engine.settle([
                    begun.builder.settlement(of: nil, at: begun.claim.position)
                ])
                resumed += 1
            }
            return resumed
        }
    }

    /// Moves the function's lanes.
    func reset(
        _ name: FunctionName, _ wish: ResetWish, _ registry: FunctionRegistry
    ) async throws -> (function: DeployableFunction, moves: [LaneMove]) {
        let function = try await function(name)
        let reset = FunctionReset(engine: engine, registry: registry, now: now)
        return try await ownership.holding(try await engine.lanes(of: [name])) {
            (function, try await reset.perform(wish, on: function))
        }
    }

    /// What lies in the functions directory.
    ///
    /// - Throws: `LaneUnavailable` when that is no function.
    func function(_ name: FunctionName) async throws -> DeployableFunction {
        switch await deployment.examine(name: name) {
        case .deployable(let function):
            return function
        case .broken(let status):
            throw LaneUnavailable(
                description: "\(name) can't run: \(status.state.reason ?? "it is broken")")
        case nil:
            throw LaneUnavailable(
                description: "there is no function '\(name)' in the functions directory; it must "
                    + "be there for its dead letters to be run or skipped")
        }
    }
}

extension LaneStore {
    /// The lanes of these functions that ever were claimed.
    func lanes(of functions: Set<FunctionName>) async throws(EngineError) -> [LaneID] {
        try await lanes().map(\.lane).filter { functions.contains($0.function) }
    }
}
