import MoonrailCore

/// Runs each part of a history in the version that it ran in, or all of it in one that is tried.
struct RunnersByVersion {
    private let lane: LaneID
    private let tools: HistoryComparison
    private let wish: HistoryComparison.Wish
    private let retry: Retry
    private let stopped: [InputPlace: [JournalRecord.StoppedTimer]]
    private var functions: [FunctionVersion: DeployableFunction] = [:]
    /// A version runs until the next one is needed.
    private var running: (version: FunctionVersion, runner: HistoryRunner)?

    init(
        lane: LaneID, tools: HistoryComparison, wish: HistoryComparison.Wish, retry: Retry,
        stopped: [InputPlace: [JournalRecord.StoppedTimer]]
    ) {
        self.lane = lane
        self.tools = tools
        self.wish = wish
        self.retry = retry
        self.stopped = stopped
    }

    /// What runs for each of these versions.
    ///
    /// - Throws: `DeploymentRefused`, `EngineError`, or why a version can't run any more.
    mutating func functions(
        for versions: Set<FunctionVersion>
    ) async throws -> [FunctionVersion: DeployableFunction] {
        let registry = try await FunctionRegistry(tools.engine)
        for version in versions {
            if let script = wish.script {
                functions[version] = script
                continue
            }
            let recorded = try await registry.version(of: wish.function, version.text)
            let program = try await registry.program(of: recorded, function: wish.function)
            functions[version] = try await tools.deployment.examine(
                program, manifest: recorded.manifest?.manifest(file: recorded.file))
        }
        return functions
    }

    /// The stations that replies of a version's runs point to.
    func outputs(of version: FunctionVersion) -> [StationName] {
        functions[version]?.definition.to ?? []
    }

    /// Runs a batch in what runs for `version`.
    mutating func run(
        _ batch: LaneBatch, _ version: FunctionVersion, _ state: HistoryState?,
        _ body: (Int, Int, Outcome, RunReply?) async throws -> Void
    ) async throws {
        await use(version, state)
        try await running?.runner.run(batch, body)
    }

    /// Repeats a tick in what runs for its version.
    ///
    /// - Returns: nil where no timer fires.
    mutating func run(
        _ tick: LaneHistory.Tick, after last: StoredEvents, _ state: HistoryState?
    ) async throws -> RunReply? {
        await use(tick.version, state)
        return try await running?.runner.run(tick, after: last)
    }

    private mutating func use(_ version: FunctionVersion, _ state: HistoryState?) async {
        guard let function = functions[version] else {
            preconditionFailure("what runs is looked up for all versions of a history")
        }
        if running?.version != function.version {
            await stop()
            state?.use(function)
            running = (
                function.version,
                HistoryRunner(
                    function, partition: lane.partition,
                    state: function.definition.state == nil ? nil : state, stopped: stopped,
                    hosts: tools.hosts, retry: retry)
            )
        }
    }

    mutating func stop() async {
        await running?.runner.stop()
        running = nil
    }
}
