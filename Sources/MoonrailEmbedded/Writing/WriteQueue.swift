import Dispatch
import MoonrailCore
import Synchronization

/// Collects requests while a commit runs, and hands them to the writer as one group after it.
///
/// An idle queue commits at once: nobody waits for company. While a flush runs, requests queue up;
/// the next commit then takes as many as its bounds allow, so that under load a flush is shared.
/// Small requests needn't wait behind large ones: a quiet function's output is not to wait for the
/// backlogs of others. Its callers are suspended, so the queue is as long as there are callers and
/// no longer, and nobody knows an order among them that could be broken.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriteRequest] = []
        var isDraining = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// The one thread that writes: SQLite blocks it, and nobody else's.
    private let thread = DispatchQueue(label: "moonrail.store.writer")
    private let commit: @Sendable ([WriteRequest]) -> Void

    /// - Parameter commit: writes a group and answers each of its requests; called on one thread.
    init(commit: @escaping @Sendable ([WriteRequest]) -> Void) {
        self.commit = commit
    }

    /// Queues the work and waits until it is on disk or has failed. The caller's cancellation
    /// changes nothing: what was asked for is written.
    func perform(_ work: WriteRequest.Work) async throws(EngineError) -> WriteRequest.Answer {
        let result = await withCheckedContinuation { continuation in
            add(WriteRequest(work: work) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    /// Refuses further requests and waits until those before are done.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            thread.async { continuation.resume() }
        }
    }

    private func add(_ request: WriteRequest) {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.waiting.append(request)
            if !state.isDraining {
                state.isDraining = true
                // Inside the lock, so that `close` can't get in front of it.
                thread.async { self.drain() }
            }
            return true
        }
        if !isTaken { request.answer(.failure(.unavailable("the store is closing"))) }
    }

    private func drain() {
        while let group = takeGroup() { commit(group) }
    }

    private func takeGroup() -> [WriteRequest]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let numbers = CommitGroup.numbers(of: state.waiting.map(\.size))
            let group = numbers.map { state.waiting[$0] }
            // From the back, so that the numbers of those before stay as they are.
            for number in numbers.reversed() { state.waiting.remove(at: number) }
            return group
        }
    }
}
