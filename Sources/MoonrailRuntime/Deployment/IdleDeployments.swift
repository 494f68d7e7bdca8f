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
            try await renaming.perform(function, to: other, for: asker)
            return DeploymentAnswer(version: registry.record(of: other)?.current?.version)
        }
        guard let record = registry.record(of: function), let current = record.current,
            !record.isRemoved
        else {
            throw DeploymentRefused(
                description: "function '\(function)' was never deployed; a worker deploys it")
        }
        if case .reset(let wish) = command {
            let (deployable, moves) = try await lanes.reset(function, wish)
            await audit.note(moves, wish, of: deployable, for: asker)
            return DeploymentAnswer(version: deployable.version.text, moves: moves)
        }
        var answer = DeploymentAnswer(version: current.version)
        var change = FunctionChange(
            .paused, function, because: asker.because, by: asker.name, at: now())
        switch command {
        case .pause, .rename, .reset: break
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
