import MoonrailCore
import Synchronization

/// What the worker shows of its functions, and the signal that something moved.
final class FunctionBoard: FunctionOverview {
    private struct State {
        var statuses: [FunctionName: FunctionStatus] = [:]
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
        state.withLock { Array($0.statuses.values) }.sorted { $0.name < $1.name }
    }

    func show(_ status: FunctionStatus) {
        state.withLock { $0.statuses[status.name] = status }
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

    /// Names of the functions whose lanes run; nil before the deployment is complete.
    var running: Set<FunctionName>? {
        state.withLock { state in
            guard state.isDeployed else { return nil }
            return Set(state.statuses.values.filter { $0.state == .running }.map(\.name))
        }
    }
}
