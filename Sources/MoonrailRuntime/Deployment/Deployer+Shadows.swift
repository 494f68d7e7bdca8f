import MoonrailCore

/// Shadows of functions beside them.
extension Deployer {
    /// Waits of a swap: for the function and its shadow to come to the same place, and for readers
    /// to come to the end. Nothing of the function runs meanwhile.
    private static let swapPatience = Duration.seconds(30)
    /// So far a shadow may be behind for a swap to begin: a fraction of a second's work.
    private static let eventsBehind: UInt64 = 10_000

    /// Runs the shadows on record of functions that run, and ends those of functions that don't.
    mutating func startShadows(_ group: inout TaskGroup<Void>) async {
        for name in shadows.keys where chosen[name] == nil {
            shadows[name] = nil
            if let shadow = try? name.shadow() {
                supervisor(of: shadow, &group).want(.rest(nil, nil))
            }
        }
        for (name, record) in registry.shadows.sorted(by: { $0.key < $1.key })
        where !record.isKept && shadows[name] == nil {
            guard let lanes = chosen[name]?.lanes else { continue }
            do {
                let function = try await shadowFunction(of: name, record)
                shadows[name] = Chosen(function: function, lanes: lanes, deployed: nil)
                startShadow(of: name, &group)
            } catch {
                logger.error("the shadow of \(name) can't run: \(error)")
            }
        }
    }

    /// What runs as a shadow: the version that it began with.
    private func shadowFunction(
        of name: FunctionName, _ record: FunctionRecord.Shadow
    ) async throws -> DeployableFunction {
        let program = try await registry.program(of: record.version, function: name)
        let function = try await deployment.examine(
            program, manifest: record.version.manifest?.manifest(file: record.version.file))
        return function.running(as: try Shadow(of: function.definition))
    }

    private mutating func startShadow(of name: FunctionName, _ group: inout TaskGroup<Void>) {
        guard let shadow = shadows[name] else { return }
        let function = shadow.function
        let supervisor = supervisor(of: function.name, &group)
        if let pause = registry.record(of: function.name)?.pause {
            let status = function.status(.paused(pause.reason))
            board.rest(function.name, showing: status)
            supervisor.want(.rest(status, nil))
        } else {
            board.show(
                function.status(.running),
                lanes: (0..<shadow.lanes).map {
                    LaneID(function: function.name, partition: $0)
                })
            supervisor.want(.run(function, lanes: shadow.lanes))
        }
    }

    /// Ends the lanes of a shadow, and waits until they have ended; nothing is shown of it.
    private mutating func restShadow(
        of name: FunctionName, _ group: inout TaskGroup<Void>
    ) async {
        guard let shadow = try? name.shadow() else { return }
        await rest(shadow, &group)
    }

    private func kind(
        of asked: AskedCommand, onShadowOf name: FunctionName
    ) throws(DeploymentRefused) -> FunctionChange.Kind {
        guard shadows[name] != nil else {
            throw DeploymentRefused(description: "function '\(name)' has no shadow that runs")
        }
        switch asked.command {
        case .pause: return .paused
        case .resume: return .resumed
        case .rollBack, .rename, .reset, .swapShadow, .dropShadow:
            throw DeploymentRefused(
                description: "a shadow can be paused and resumed; ask '\(name)' for all else")
        }
    }

    /// Does what people ask of a shadow by its own name.
    mutating func perform(
        _ asked: AskedCommand, onShadowOf name: FunctionName, _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let kind = try self.kind(of: asked, onShadowOf: name)
        var answer = DeploymentAnswer(version: shadows[name]?.function.version.text)
        let isPaused = registry.record(of: asked.function)?.pause != nil
        if kind == .resumed, !isPaused {
            answer.resumed = board.resume(asked.function)
            return answer
        }
        let change = FunctionChange(
            kind, asked.function, because: asked.asker.because, by: asked.asker,
            at: surroundings.now())
        try expect(try await record([change], of: []))
        if kind == .resumed { answer.resumed = Int(shadows[name]?.lanes ?? 0) }
        startShadow(of: name, &group)
        return answer
    }

    /// Begins a shadow of a function, which goes on untouched.
    mutating func beginShadow(
        _ wish: ResetWish, of live: Chosen, for asker: Asker, _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let beginning = ShadowBeginning(
            engine: surroundings.engine, registry: registry, now: surroundings.now)
        let moves = try await beginning.perform(wish, on: live.function, for: asker)
        await audit.note(moves, wish, of: live.function, for: asker)
        await startShadows(&group)
        return DeploymentAnswer(version: live.function.version.text, moves: moves)
    }

    mutating func dropShadow(
        of name: FunctionName, for asker: Asker, _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let drop = try ShadowDrop(
            of: name, engine: surroundings.engine, registry: registry, now: surroundings.now)
        let change = try await drop.record(for: asker)
        shadows[name] = nil
        await restShadow(of: name, &group)
        await audit.note([change])
        try await holdingLanes(of: [try name.shadow()]) { try await drop.perform() }
        return DeploymentAnswer(version: chosen[name]?.function.version.text)
    }

    /// Has a function and its shadow exchange what they have. Both, and the readers of the
    /// function's stations, rest for the moment.
    mutating func swapShadow(
        of live: Chosen, for asker: Asker, _ group: inout TaskGroup<Void>
    ) async throws -> DeploymentAnswer {
        let name = live.function.name
        var swap = try await ShadowSwap(
            live.function, among: chosen.values.map(\.function.definition),
            engine: surroundings.engine, registry: registry, now: surroundings.now)
        let following = live.function.running(as: swap.shadow)
        if shadows[name] == nil {
            // It stands still since the swap before.
            let limits = try await swap.positions().mapValues { $0.live }
            await catchUp(following, to: limits, &group)
        }
        let behind = try await swap.eventsBetween()
        guard behind <= Self.eventsBehind else {
            throw ResetRefused(
                "the shadow of '\(name)' is \(behind) events behind; ask again when it has caught "
                    + "up: moonrail replay show \(name)")
        }
        await rest(name, &group)
        await restShadow(of: name, &group)
        var resting = [name]
        // Whatever became of it: all goes on.
        defer {
            for name in resting { start(name, &group) }
            startShadow(of: name, &group)
        }
        for (partition, both) in try await swap.positions() where both.live != both.shadow {
            let limit = [partition: both.live.further(both.shadow)]
            if both.live != limit[partition] {
                await catchUp(live.function, to: limit, &group)
            }
            if both.shadow != limit[partition] {
                await catchUp(following, to: limit, &group)
            }
        }
        try await waitForReaders(of: swap)
        for reader in Set(try await swap.readers.readers().map(\.lane.lane.function)).sorted()
        where chosen[reader] != nil {
            await rest(reader, &group)
            resting.append(reader)
        }
        let readers = try await swap.readers.readers().map(\.lane.lane.function)
        try await holdingLanes(of: Set([name, following.name] + readers)) {
            try await swap.perform(for: asker)
        }
        shadows[name] = nil
        return DeploymentAnswer(version: live.function.version.text)
    }

    /// Runs lanes up to a place, for as long as the patience lasts; whoever goes on looks how far
    /// they came.
    private mutating func catchUp(
        _ function: DeployableFunction, to limits: [UInt32: Position],
        _ group: inout TaskGroup<Void>
    ) async {
        let supervisor = supervisor(of: function.name, &group)
        let (ended, continuation) = AsyncStream<Never>.makeStream()
        supervisor.want(.catchUp(function, to: limits, continuation))
        await withTaskGroup(of: Bool.self) { race in
            race.addTask {
                for await _ in ended {}
                return true
            }
            race.addTask {
                let isOver: Void? = try? await Task.sleep(for: Self.swapPatience)
                if isOver != nil { supervisor.want(.rest(nil, nil)) }
                return false
            }
            // What was told to rest still ends.
            if await race.next() == false { _ = await race.next() }
            race.cancelAll()
        }
    }

    /// Waits until all that read the function's stations have come to their ends.
    private func waitForReaders(of swap: ShadowSwap) async throws {
        let deadline = ContinuousClock.now + Self.swapPatience
        while let behind = try await swap.readers.firstBehind(), .now < deadline {
            guard board.isRunning(behind.lane) else { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
