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
    /// What one commit takes at most; a larger single request is taken alone.
    static let groupEvents = 8 * Bounds.batchEvents
    static let groupBytes = 8 * Bounds.batchBytes
    /// A request of so many events goes into the next commit, whoever came before.
    static let smallEvents = Bounds.batchEvents / 8

    private struct State {
        var waiting: [WriteRequest] = []
        var isDraining = false
        var isClosed = false

        /// Takes the oldest request, the small ones of all that wait, and of the others, in their
        /// order, as many as there is room for.
        mutating func takeGroup() -> [WriteRequest] {
            var room = Room()
            room.take(waiting[0])
            var taken: Set<Int> = [0]
            // What one large request leaves no room for is still worth joining it.
            var smallRoom = Room()
            for number in waiting.indices.dropFirst() {
                let request = waiting[number]
                guard request.events <= WriteQueue.smallEvents else { continue }
                guard smallRoom.has(request) else { break }
                smallRoom.take(request)
                room.take(request)
                taken.insert(number)
            }
            for number in waiting.indices where !taken.contains(number) {
                guard room.has(waiting[number]) else { break }
                room.take(waiting[number])
                taken.insert(number)
            }
            let group = waiting.indices.filter(taken.contains).map { waiting[$0] }
            waiting = waiting.indices.filter { !taken.contains($0) }.map { waiting[$0] }
            return group
        }
    }

    /// What a commit can still take.
    private struct Room {
        private var events = WriteQueue.groupEvents
        private var bytes = WriteQueue.groupBytes

        func has(_ request: WriteRequest) -> Bool {
            request.events <= events && request.bytes <= bytes
        }

        mutating func take(_ request: WriteRequest) {
            events -= request.events
            bytes -= request.bytes
        }
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
            return state.takeGroup()
        }
    }
}
