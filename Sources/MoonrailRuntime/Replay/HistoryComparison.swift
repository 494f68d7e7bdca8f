import Logging
import MoonrailCore

/// Runs a function's history again, in the order in which its lanes took it, and compares what
/// comes of it with what is there. Nothing is appended, and no position moves.
package struct HistoryComparison: Sendable {
    let engine: any StationEngine
    let hosts: any FunctionHostStarter
    let deployment: Deployment
    private let retry: Retry

    package init(
        engine: any StationEngine, hosts: any FunctionHostStarter, deployment: Deployment,
        logger: Logger
    ) {
        self.engine = engine
        self.hosts = hosts
        self.deployment = deployment
        retry = Retry(clock: ContinuousClock(), logger: logger)
    }

    /// What is to run, over what.
    package struct Wish: Sendable {
        package var function: FunctionName
        /// Runs over all of it; nil: each event runs in the version that it ran in.
        package var script: DeployableFunction?
        package var from: StartingPoint
        /// Nil: all of them.
        package var partition: UInt32?

        package init(
            _ function: FunctionName, script: DeployableFunction? = nil,
            from: StartingPoint = .earliest, partition: UInt32? = nil
        ) {
            self.function = function
            self.script = script
            self.from = from
            self.partition = partition
        }
    }

    /// How far it is, and what it found.
    package struct Report: Hashable, Sendable {
        /// Events that are to run, and that ran.
        package var eventsAll: UInt64 = 0
        package var events: UInt64 = 0
        /// Events that a limit or a host's death had stopped: the machine's verdicts hold, and they
        /// do not run.
        package var verdicts: UInt64 = 0
        /// Events that retention has removed.
        package var gone: UInt64 = 0
        package var counts = OutputComparison.Counts()
        /// Outputs without one that differs are whole.
        package var isEqual: Bool { counts.differences == 0 }
    }

    /// An output that differs, in the lane of one partition.
    package struct Difference: Hashable, Sendable {
        package let partition: UInt32
        package let output: OutputComparison.Difference
        /// Where the two differ, for one that changed.
        package var places: [String] = []
        /// What is there; nil of an added one.
        package var recorded: Event?
    }

    /// What is told as it goes.
    package enum News: Sendable {
        case difference(Difference)
        case progress(Report)
    }

    /// So many differences are told; all are counted.
    package static let toldMost = 1_000

    /// Compares, and calls `tell` with what it finds.
    ///
    /// - Throws: `ResetRefused` when it can't be done so, `EngineError`, `HostError`; what `tell`
    ///   throws.
    package func run(
        _ wish: Wish, _ tell: (News) async throws -> Void
    ) async throws -> Report {
        var report = Report()
        let lanes = try await FunctionReset.lanes(of: wish.function, wish.partition, in: engine)
        var histories: [LaneComparison] = []
        for lane in lanes {
            let comparison = try await LaneComparison(lane, wish, of: self)
            report.eventsAll += comparison.events
            histories.append(comparison)
        }
        for history in histories {
            try await history.run(retry, &report, tell)
        }
        return report
    }
}
