import Logging
import MoonrailCore

/// Deployments that no worker runs: what people ask is recorded, and the next worker finds it so.
package struct IdleDeployments: DeploymentOperators {
    private let engine: any StationEngine
    private let deployment: Deployment
    private let lanes: IdleLanes
    private let audit: Audit
    private let now: @Sendable () -> EventTime

    package init(
        engine: any StationEngine, deployment: Deployment, lanes: IdleLanes, logger: Logger,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.engine = engine
        self.deployment = deployment
        self.lanes = lanes
        audit = Audit(engine: engine, logger: logger, now: now)
        self.now = now
    }

    package func perform(
        _ command: DeploymentCommand, on function: FunctionName, for asker: Asker
    ) async throws -> DeploymentAnswer {
        let registry = try await FunctionRegistry(engine)
        if case .rename(let other) = command {
            let renaming = FunctionRenaming(deployment: deployment, registry: registry, now: now)
            try renaming.check(function, to: other)
            try ShadowDrop.expectNone(of: function, in: registry)
            try await holdingLanes(of: [function]) {
                try await renaming.perform(function, to: other, for: asker)
            }
            return DeploymentAnswer(version: registry.record(of: other)?.current?.version)
        }
        if command == .dropShadow {
            let drop = try ShadowDrop(of: function, engine: engine, registry: registry, now: now)
            await audit.note([try await drop.record(for: asker)])
            try await holdingLanes(of: [try function.shadow()]) { try await drop.perform() }
            return DeploymentAnswer()
        }
        guard let record = registry.record(of: function), let current = record.current,
            !record.isRemoved
        else {
            throw DeploymentRefused(
                description: "function '\(function)' was never deployed; a worker deploys it")
        }
        if let answer = try await perform(command, onShadowOf: function, asker, registry) {
            return answer
        }
        if case .reset(let wish) = command {
            try ShadowDrop.expectNone(of: function, in: registry)
            let (deployable, moves) = try await lanes.reset(function, wish, registry)
            await audit.note(moves, wish, of: deployable, for: asker)
            return DeploymentAnswer(version: deployable.version.text, moves: moves)
        }
        var answer = DeploymentAnswer(version: current.version)
        var change = FunctionChange(
            .paused, function, because: asker.because, by: asker, at: now())
        switch command {
        case .pause, .rename, .reset, .swapShadow, .dropShadow: break
        case .resume:
            change.change = .resumed
            answer.resumed = try await lanes.resume(function) + (record.pause == nil ? 0 : 1)
            if answer.resumed == 0 { return answer }
        case .rollBack(let prefix):
            let version = try await registry.version(
                of: function, prefix, before: FunctionVersion(text: current.version))
            // One that does not compile any more is refused now, not when a worker starts.
            _ = try await deployment.examine(
                try await registry.program(of: version, function: function),
                manifest: version.manifest?.manifest(file: version.file))
            let isPresent = await deployment.version(of: function)?.text == version.version
            change.change = isPresent ? .deployed : .rolledBack
            change.version = version
            change.insteadOf = isPresent ? nil : deployment.content(of: function)
            answer.version = version.version
        }
        try await registry.record([change], at: now())
        await audit.note([change])
        return answer
    }

    /// Keeps workers elsewhere from running these functions' lanes while `body` changes them.
    private func holdingLanes<Value>(
        of functions: Set<FunctionName>, _ body: () async throws -> Value
    ) async throws -> Value {
        try await lanes.ownership.holding(try await engine.lanes(of: functions), body)
    }

    /// - Returns: nil for a command that is about no shadow.
    private func perform(
        _ command: DeploymentCommand, onShadowOf name: FunctionName, _ asker: Asker,
        _ registry: FunctionRegistry
    ) async throws -> DeploymentAnswer? {
        switch command {
        case .reset(let wish) where wish.outputs == .shadow:
            let function = try await lanes.function(name)
            let moves = try await ShadowBeginning(engine: engine, registry: registry, now: now)
                .perform(wish, on: function, for: asker)
            await audit.note(moves, wish, of: function, for: asker)
            return DeploymentAnswer(version: function.version.text, moves: moves)
        case .swapShadow:
            let function = try await lanes.function(name)
            let others = await deployment.examine().functions.compactMap(\.status.definition)
            var swap = try await ShadowSwap(
                function, among: others, engine: engine, registry: registry, now: now)
            let readers = try await swap.readers.readers().map(\.lane.lane.function)
            try await holdingLanes(of: Set([name, swap.shadow.name] + readers)) {
                try await swap.perform(for: asker)
            }
            return DeploymentAnswer(version: function.version.text)
        case .rollBack, .pause, .resume, .rename, .reset, .dropShadow:
            return nil
        }
    }
}

extension Deployment {
    /// The version of what lies in the directory; nil when that is none.
    func version(of function: FunctionName) async -> FunctionVersion? {
        guard case .deployable(let deployable) = await examine(name: function) else { return nil }
        return deployable.version
    }

    /// What the function's files are now; nil when there is none of its name. Blocks.
    func content(of function: FunctionName) -> String? {
        let files = directory.files(overrides)
        return files.attachments(overrides).attachments.first { $0.name == function }
            .map { files.fingerprint(of: $0).content }
    }
}
