import MoonrailCore

/// From a version that was examined to lanes that run it.
extension Deployer {
    /// Deploys versions beside what runs.
    ///
    /// - Parameter changes: what is to be recorded besides, and of the candidates.
    /// - Returns: those that can't run, and why.
    mutating func deploy(
        _ candidates: [Candidate], recording changes: [FunctionChange],
        _ group: inout TaskGroup<Void>
    ) async -> [Failure] {
        let (admitted, refused) = admit(candidates)
        var failures = refused
        let opened = await opener.open(for: admitted.map(\.function))
        var ready: [(candidate: Candidate, lanes: UInt32)] = []
        for candidate in admitted {
            switch opened[candidate.function.name] {
            case .success(let lanes): ready.append((candidate, lanes))
            case .failure(let error):
                failures.append(Failure(candidate.function, "\(error)"))
            case nil: preconditionFailure("each function's stations are opened")
            }
        }
        let rejected = Set(failures.map(\.status.name.text))
        let recorded = changes.filter { !rejected.contains($0.function) }
        do {
            guard try await record(recorded, of: ready.map(\.candidate.function)) else {
                return failures
            }
        } catch {
            return failures
                + ready.map { Failure($0.candidate.function, "it can't be recorded: \(error)") }
        }
        for (candidate, lanes) in ready {
            CrashPoint.deploy.pass()
            choose(candidate, lanes: lanes)
            start(candidate.function.name, &group)
        }
        return failures
    }

    /// Those that may run beside each other and beside what runs.
    private func admit(
        _ candidates: [Candidate]
    ) -> (admitted: [Candidate], failures: [Failure]) {
        var graph = FunctionGraph()
        for running in chosen.values.sorted(by: { $0.function.name < $1.function.name }) {
            // They were admitted before.
            try? graph.add(running.function.definition)
        }
        var admitted: [Candidate] = []
        var waiting = candidates
        var failures: [Failure] = []
        // What one change closes another of the same moment may open.
        repeat {
            let round = waiting
            waiting = []
            failures = []
            for candidate in round {
                do {
                    try graph.replace(candidate.function.definition)
                    admitted.append(candidate)
                } catch {
                    waiting.append(candidate)
                    failures.append(Failure(candidate.function, "\(error)"))
                }
            }
            if waiting.count == round.count { break }
        } while !waiting.isEmpty
        return (admitted, failures)
    }

    /// Records changes, for as long as it takes.
    ///
    /// - Returns: false when the worker is asked to stop before they could be recorded.
    /// - Throws: what repeating can't mend.
    func record(
        _ changes: [FunctionChange], of functions: [DeployableFunction]
    ) async throws(EngineError) -> Bool {
        if changes.isEmpty { return true }
        let retry = Retry(clock: ContinuousClock(), logger: logger)
        let (registry, audit, now) = (registry, audit, surroundings.now)
        let recorded = await ending.cancelling { () -> Result<Bool, EngineError> in
            do throws(EngineError) {
                let done: Void? = try await retry.whileUnavailable { () async throws(EngineError) in
                    try await registry.record(changes, of: functions, at: now())
                }
                return .success(done != nil)
            } catch {
                return .failure(error)
            }
        }
        guard try recorded.get() else { return false }
        await audit.note(changes)
        return true
    }

    /// From now on this version is the one that runs.
    private mutating func choose(_ candidate: Candidate, lanes: UInt32) {
        let function = candidate.function
        chosen[function.name] = Chosen(
            function: function, lanes: lanes,
            deployed: candidate.change?.change == .deployed ? .now : nil)
        if !candidate.isRestored { board.showFailedDeployment(of: function.name, nil) }
        tell(.deployed(function, lanes: lanes))
        if !candidate.isRestored {
            for notice in function.notices { logger.notice("\(notice)") }
        }
    }

    /// Ends the lanes of a function, and waits until they have ended.
    mutating func rest(_ name: FunctionName, _ group: inout TaskGroup<Void>) async {
        let (ended, continuation) = AsyncStream<Never>.makeStream()
        supervisor(of: name, &group)
            .want(.rest(chosen[name]?.function.status(.stopped), continuation))
        for await _ in ended {}
    }

    /// Has the chosen version run, or rest while it is paused.
    mutating func start(_ name: FunctionName, _ group: inout TaskGroup<Void>) {
        guard let version = chosen[name] else { return }
        let (function, lanes) = (version.function, version.lanes)
        let record = registry.record(of: name)
        board.showRollback(of: name, record?.rollback?.reason)
        // The board shows at once what is going to be so: nobody is to take a worker for idle
        // whose lanes are about to begin.
        if let pause = record?.pause {
            let status = function.status(.paused(pause.reason))
            board.rest(name, showing: status)
            supervisor(of: name, &group).want(.rest(status, nil))
        } else {
            board.show(
                function.status(.running),
                lanes: (0..<lanes).map { LaneID(function: name, partition: $0) })
            supervisor(of: name, &group).want(.run(function, lanes: lanes))
        }
    }
}

extension Deployer.Failure {
    init(
        _ function: DeployableFunction, _ why: String,
        test: DeploymentRefusal.FailedTest? = nil
    ) {
        self.init(status: function.status(.failed(why)), why: why, test: test)
    }
}

extension FunctionChange {
    /// Who chose it, and why, as a state is explained.
    var reason: String { because.map { "by \(by): \($0)" } ?? "by \(by)" }
}
