import MoonrailCore
import Synchronization

/// What the worker shows of its functions, and the signal that something moved.
final class FunctionBoard: FunctionOverview {
    private struct State {
        var statuses: [FunctionName: FunctionStatus] = [:]
        /// Lanes of the functions that run.
        var lanes: [FunctionName: [LaneID]] = [:]
        var hostDeaths: [FunctionName: UInt64] = [:]
        var isDeployed = false
    }

    private let state = Mutex(State())
    /// Yields after a deployment and after each commit of a lane; changes that nobody took in time
    /// count as one. For one reader.
    let changes: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() {
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func functions() async -> [FunctionStatus] {
        state.withLock { state in
            state.statuses.values.map { status in
                var status = status
                status.hostDeaths = state.hostDeaths[status.name, default: 0]
                return status
            }
        }.sorted { $0.name < $1.name }
    }

    func hostDied(of function: FunctionName) {
        state.withLock { $0.hostDeaths[function, default: 0] += 1 }
    }

    /// - Parameter lanes: those that run; none unless its state is `running`.
    func show(_ status: FunctionStatus, lanes: [LaneID] = []) {
        state.withLock { state in
            state.statuses[status.name] = status
            state.lanes[status.name] = lanes
        }
        signal.yield()
    }

    /// The deployment at the start is complete: what runs, runs.
    func deployed() {
        state.withLock { $0.isDeployed = true }
        signal.yield()
    }

    func moved() {
        signal.yield()
    }

    /// The lanes that run; nil before the deployment is complete.
    var runningLanes: [LaneID]? {
        state.withLock { $0.isDeployed ? $0.lanes.values.flatMap(\.self) : nil }
    }
}
