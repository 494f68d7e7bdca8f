import MoonrailCore
import Synchronization

/// What the worker shows of its functions, how its lanes are reached, and the signal that something
/// moved.
final class FunctionBoard: FunctionOverview {
    private struct State {
        var statuses: [FunctionName: FunctionStatus] = [:]
        /// Lanes of the functions that run.
        var lanes: [FunctionName: Set<LaneID>] = [:]
        var hostDeaths: [FunctionName: UInt64] = [:]
        /// Why what lies in the directory was not deployed.
        var failedDeployments: [FunctionName: String] = [:]
        /// Who chose another version than that in the directory, and why.
        var rollbacks: [FunctionName: String] = [:]
        /// When those lanes last got ahead, or began.
        var moved: [LaneID: ContinuousClock.Instant] = [:]
        /// Where the lanes that take requests now take them.
        var requests: [LaneID: Handoff<LaneWork>] = [:]
        /// Lanes that wait for somebody to resume them, and why they paused.
        var paused: [LaneID: PausedLane] = [:]
        var isDeployed = false
    }

    private struct PausedLane {
        let pause: LanePause
        let resume: AsyncStream<Void>.Continuation
    }

    private let ownership: any LaneOwnership
    private let state = Mutex(State())
    /// Yields after a deployment and after each commit of a lane; changes that nobody took in time
    /// count as one. For one reader.
    let changes: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(_ ownership: any LaneOwnership) {
        self.ownership = ownership
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func functions() async -> [FunctionStatus] {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.statuses.values.map { status in
                var status = status
                status.hostDeaths = state.hostDeaths[status.name, default: 0]
                status.failedDeployment = state.failedDeployments[status.name]
                status.rollback = state.rollbacks[status.name]
                for lane in state.lanes[status.name] ?? [] where state.paused[lane] == nil {
                    if let worker = elsewhere(lane, state) {
                        status.elsewhere[lane.partition] = worker
                    } else {
                        status.sinceProgress[lane.partition] = state.moved[lane].map { now - $0 }
                    }
                }
                let paused = state.paused.filter { $0.key.function == status.name }
                    .min { $0.key.partition < $1.key.partition }
                if let paused, status.state == .running {
                    status.state = .paused("lane \(paused.key): \(paused.value.pause.reason)")
                }
                return status
            }
        }.sorted { $0.name < $1.name }
    }

    func lack() async -> String? {
        state.withLock { state in
            guard state.isDeployed else { return "the functions are not deployed yet" }
            let waiting = state.lanes.values.flatMap(\.self).filter {
                state.paused[$0] == nil && state.requests[$0] == nil
                    && elsewhere($0, state) == nil
            }
            return waiting.min { ($0.function, $0.partition) < ($1.function, $1.partition) }
                .map { "\(waiting.count) lanes have not begun, \($0) among them" }
        }
    }

    /// The other worker that has a lane; nil when this one runs it, or nobody does.
    private func elsewhere(_ lane: LaneID, _ state: borrowing State) -> String? {
        state.requests[lane] == nil ? ownership.workerElsewhere(lane) : nil
    }

    func hostDied(of function: FunctionName) {
        state.withLock { $0.hostDeaths[function, default: 0] += 1 }
    }

    /// - Parameter lanes: those that run; none unless its state is `running`.
    func show(_ status: FunctionStatus, lanes: [LaneID] = []) {
        state.withLock { state in
            state.statuses[status.name] = status
            state.lanes[status.name] = Set(lanes)
            // Lanes that are about to begin don't pause; those of another version may have.
            let now = ContinuousClock.now
            for lane in lanes {
                state.paused[lane] = nil
                state.moved[lane] = now
            }
        }
        signal.yield()
    }

    /// Shows that nothing of a function runs.
    ///
    /// - Parameter status: nil to show nothing of it.
    func rest(_ function: FunctionName, showing status: FunctionStatus?) {
        state.withLock { state in
            state.statuses[function] = status
            for lane in state.lanes[function] ?? [] { state.moved[lane] = nil }
            state.lanes[function] = nil
            if status == nil { state.failedDeployments[function] = nil }
        }
        signal.yield()
    }

    /// - Parameter why: what is wrong with what lies in the directory, while another version runs;
    ///   nil when nothing is.
    func showFailedDeployment(of function: FunctionName, _ why: String?) {
        state.withLock { $0.failedDeployments[function] = why }
    }

    /// - Parameter rollback: who chose the version that runs, and why; nil when it is that of the
    ///   directory.
    func showRollback(of function: FunctionName, _ rollback: String?) {
        state.withLock { $0.rollbacks[function] = rollback }
    }

    /// The deployment at the start is complete: what runs, runs.
    func deployed() {
        state.withLock { $0.isDeployed = true }
        signal.yield()
    }

    /// The lane was claimed, or has committed.
    func moved(_ lane: LaneID) {
        state.withLock { $0.moved[lane] = .now }
        signal.yield()
    }

    /// The lane is this worker's and about to begin.
    func begins(_ lane: LaneID) {
        moved(lane)
    }

    /// The lane does not run here, or no longer, until it is this worker's.
    func waits(_ lane: LaneID) {
        state.withLock { state in
            state.paused[lane] = nil
            state.moved[lane] = nil
        }
        signal.yield()
    }

    /// Has whoever waits for a change look again.
    func glance() {
        signal.yield()
    }

    /// Takes note of where a lane takes requests, which it does once it has begun; nil when it
    /// takes none any more.
    func takesRequests(_ lane: LaneID, _ requests: Handoff<LaneWork>?) {
        state.withLock { $0.requests[lane] = requests }
        signal.yield()
    }

    /// Where the lane takes requests; nil when it does not run.
    func requests(of lane: LaneID) -> Handoff<LaneWork>? {
        state.withLock { $0.requests[lane] }
    }

    /// Shows that the lane pauses, until it is resumed.
    ///
    /// - Returns: false when the task was cancelled meanwhile.
    func pause(_ lane: LaneID, _ pause: LanePause) async -> Bool {
        let (resumed, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { $0.paused[lane] = PausedLane(pause: pause, resume: continuation) }
        signal.yield()
        for await _ in resumed { return true }
        return false
    }

    /// Lets the function's paused lanes go on.
    ///
    /// - Returns: how many there were.
    func resume(_ function: FunctionName) -> Int {
        let paused = state.withLock { state in
            let paused = state.paused.filter { $0.key.function == function }
            for lane in paused.keys { state.paused[lane] = nil }
            return paused
        }
        for lane in paused.values { lane.resume.yield() }
        return paused.count
    }

    /// Lets the function's paused lanes go on.
    ///
    /// - Returns: how many there were.
    /// - Throws: `laneElsewhere` when there were none here, but the function has lanes elsewhere.
    func resumeOrTellWhere(_ function: FunctionName) throws(EngineError) -> Int {
        let resumed = resume(function)
        if resumed == 0, let first = lanesElsewhere(of: function).first {
            throw .laneElsewhere(first.lane, worker: first.worker)
        }
        return resumed
    }

    /// Whether the lane runs and does not pause.
    func isRunning(_ lane: LaneID) -> Bool {
        state.withLock { state in
            state.lanes[lane.function]?.contains(lane) == true && state.paused[lane] == nil
        }
    }

    /// The lanes that run, here or elsewhere, and don't pause here; nil before the deployment is
    /// complete and all of them have begun. What the engine knows of one before may be about other
    /// inputs.
    var runningLanes: [LaneID]? {
        state.withLock { state in
            guard state.isDeployed else { return nil }
            let lanes = state.lanes.values.flatMap(\.self).filter { state.paused[$0] == nil }
            return lanes.allSatisfy {
                state.requests[$0] != nil || elsewhere($0, state) != nil
            } ? lanes : nil
        }
    }

    /// The other worker that runs the lane, which one could run here; nil when there is none.
    func worker(elsewhere lane: LaneID) -> String? {
        state.withLock { elsewhere(lane, $0) }
    }

    /// The lanes that other workers run and this one could, of one function or of all; each with
    /// the worker's name, in order.
    func lanesElsewhere(of function: FunctionName? = nil) -> [(lane: LaneID, worker: String)] {
        state.withLock { state in
            state.lanes.filter { function == nil || $0.key == function }.values.flatMap(\.self)
                .compactMap { lane in elsewhere(lane, state).map { (lane, $0) } }
        }.sorted {
            ($0.lane.function, $0.lane.partition) < ($1.lane.function, $1.lane.partition)
        }
    }
}
