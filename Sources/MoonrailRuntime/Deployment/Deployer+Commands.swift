import Logging
import MoonrailCore

/// What people ask of deployments.
extension Deployer {
    mutating func take(_ request: DeploymentRequest, _ group: inout TaskGroup<Void>) async {
        switch request {
        case .files(let files):
            await take(files, &group)
        case .paused(let function, let pause):
            await goBack(function, from: pause, &group)
        case .recorded:
            await follow(&group)
        case .command(let request):
            do {
                request.answer(.success(try await perform(request.wish, &group)))
            } catch {
                request.answer(.failure(error))
            }
        }
    }

    private mutating func perform(
        _ asked: AskedCommand, _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let name = asked.function
        if !asked.command.isForEveryWorker { try expectLanesHere(of: name.original) }
        if case .rename(let other) = asked.command {
            return try await rename(name, to: other, for: asked.asker, &group)
        }
        if name.isShadow { return try await perform(asked, onShadowOf: name.original, &group) }
        if case .dropShadow = asked.command {
            return try await dropShadow(of: name, for: asked.asker, &group)
        }
        if name.isWebhook { return try await perform(asked, onWebhook: name) }
        guard let now = chosen[name] else {
            throw DeploymentRefused(
                description: "function '\(name)' does not run, and no version of it is deployed")
        }
        let change = { [surroundings] (kind: FunctionChange.Kind) in
            FunctionChange(
                kind, name, because: asked.asker.because, by: asked.asker,
                at: surroundings.now())
        }
        switch asked.command {
        case .rollBack(let version):
            return try await rollBack(name, to: version, for: asked.asker, &group)
        case .pause:
            try expect(try await record([change(.paused)], of: []))
            start(name, &group)
            return DeploymentAnswer(version: now.function.version.text)
        case .resume:
            var answer = DeploymentAnswer(version: now.function.version.text)
            if registry.record(of: name)?.pause != nil {
                try expect(try await record([change(.resumed)], of: []))
                answer.resumed = Int(now.lanes)
                start(name, &group)
            } else {
                answer.resumed = try board.resumeOrTellWhere(name)
                if answer.resumed > 0 { await audit.note([change(.resumed)]) }
            }
            return answer
        case .reset(let wish) where wish.outputs == .shadow:
            return try await beginShadow(wish, of: now, for: asked.asker, &group)
        case .reset(let wish):
            return try await reset(now.function, wish, for: asked.asker, &group)
        case .swapShadow:
            return try await swapShadow(of: now, for: asked.asker, &group)
        case .rename, .dropShadow:
            preconditionFailure("it is no matter of what runs")
        }
    }

    /// Has a function's lanes go on from elsewhere.
    private mutating func reset(
        _ function: DeployableFunction, _ wish: ResetWish, for asker: Asker,
        _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        try ShadowDrop.expectNone(of: function.name, in: registry)
        await rest(function.name, &group)
        // Whatever became of it: it goes on.
        defer { start(function.name, &group) }
        let reset = FunctionReset(
            engine: surroundings.engine, registry: registry, now: surroundings.now)
        let moves = try await holdingLanes(of: [function.name]) {
            try await reset.perform(wish, on: function)
        }
        await audit.note(moves, wish, of: function, for: asker)
        return DeploymentAnswer(version: function.version.text, moves: moves)
    }

    /// Lets a function go on under another name.
    private mutating func rename(
        _ name: FunctionName, to other: FunctionName, for asker: Asker,
        _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let renaming = FunctionRenaming(
            deployment: deployment, registry: registry, now: surroundings.now)
        try renaming.check(name, to: other)
        try ShadowDrop.expectNone(of: name, in: registry)
        await rest(name, &group)
        do {
            try await holdingLanes(of: [name]) {
                try await renaming.perform(name, to: other, for: asker)
            }
        } catch {
            // It goes on as if nobody had asked.
            start(name, &group)
            throw error
        }
        lastRename = .now
        await take(files, &group)
        return DeploymentAnswer(version: chosen[other]?.function.version.text)
    }

    /// Runs an earlier version until the file changes.
    private mutating func rollBack(
        _ name: FunctionName, to prefix: String?, for asker: Asker,
        _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let version = try await registry.version(
            of: name, prefix, before: chosen[name]?.function.version)
        let program = try await registry.program(of: version, function: name)
        let function = try await deployment.examine(
            program, manifest: version.manifest?.manifest(file: version.file))
        let isPresent = await deployment.version(of: name)?.text == version.version
        let change = FunctionChange(
            isPresent ? .deployed : .rolledBack, name, version: version,
            insteadOf: isPresent ? nil : content(of: name),
            because: asker.because, by: asker, at: surroundings.now())
        let failures = await deploy(
            [Candidate(function: function, change: change)], recording: [change], &group)
        if let failure = failures.first { throw DeploymentRefused(description: failure.why) }
        return DeploymentAnswer(version: function.version.text)
    }

    /// Runs the version before one that failed as soon as it was deployed.
    private mutating func goBack(
        _ name: FunctionName, from pause: LanePause, _ group: inout TaskGroup<Void>
    ) async {
        guard let now = chosen[name], now.function.version == pause.version,
            AutomaticRollback.isDue(
                now.function.definition.failure, pause, age: now.deployed.map { .now - $0 })
        else { return }
        let asker = Asker(
            name: "moonrail",
            because: "the breaker of \(now.function.version) tripped: \(pause.reason)")
        do {
            _ = try await rollBack(name, to: nil, for: asker, &group)
            logger.error("\(name) is rolled back: the breaker of \(pause.version) tripped")
        } catch {
            logger.error("\(name) can't be rolled back: \(error)")
        }
    }

    /// What the function's files are now.
    func content(of name: FunctionName) -> String? {
        files.attachments(deployment.overrides).attachments.first { $0.name == name }
            .map { files.fingerprint(of: $0).content }
    }

    /// - Throws: `laneElsewhere` when another worker runs a lane of the function, or of its shadow.
    private func expectLanesHere(of name: FunctionName) throws(EngineError) {
        let shadow = try? name.shadow()
        for name in [name, shadow].compactMap(\.self) {
            if let first = board.lanesElsewhere(of: name).first {
                throw .laneElsewhere(first.lane, worker: first.worker)
            }
        }
    }

    /// Keeps other workers from running lanes of functions that rest here, while `body` changes
    /// what these have.
    ///
    /// - Throws: `laneElsewhere`; what `body` throws.
    func holdingLanes<Value>(
        of functions: Set<FunctionName>, _ body: () async throws -> Value
    ) async throws -> Value {
        let lanes = try await surroundings.engine.lanes(of: functions)
        return try await surroundings.ownership.holding(lanes, body)
    }

    func expect(_ isRecorded: Bool) throws {
        guard isRecorded else {
            throw DeploymentRefused(description: "the worker is stopping; nothing was changed")
        }
    }
}
