import MoonrailCore
import Synchronization

/// Shows what a worker's functions do to whoever watches, as it is settled.
///
/// Lanes give what they settled and wait for nobody: who does not keep up misses invocations and is
/// told how many. While nobody watches, a lane's part of it is one look at a number for each run.
package final class InvocationFeed: Sendable {
    /// Watchers at a time: each may keep `InvocationWatch.bytesKept` in memory.
    package static let watchersMaximum = 16

    /// So many watch already.
    package struct TooManyWatchers: Error, Hashable, Sendable, CustomStringConvertible {
        package let description =
            "\(InvocationFeed.watchersMaximum) watch already, which is the most; end one of them"
    }

    private struct State {
        var buffers: [UInt64: InvocationBuffer] = [:]
        var next: UInt64 = 0
        var isFinished = false
    }

    /// Whether what scripts log is left to those who watch.
    let replacesLog: Bool
    private let watchers = Atomic<Int>(0)
    private let state = Mutex(State())

    package init(replacesLog: Bool = false) {
        self.replacesLog = replacesLog
    }

    /// Whether anybody watches. A lane may see a change of it a run late.
    package var isWatched: Bool { watchers.load(ordering: .relaxed) > 0 }

    /// Shows a run that is on disk. Never waits.
    package func settled(_ run: SettledRun) {
        state.withLock { state in
            for buffer in state.buffers.values { buffer.put(run) }
        }
    }

    /// Begins to watch: what is settled from now on is shown until the watch is let go of, or the
    /// worker has ended.
    ///
    /// - Throws: `TooManyWatchers`.
    package func watch(_ filter: InvocationFilter) throws(TooManyWatchers) -> InvocationWatch {
        let buffer = InvocationBuffer(filter)
        let number = state.withLock { state -> UInt64? in
            guard state.buffers.count < Self.watchersMaximum else { return nil }
            if state.isFinished { buffer.finish() }
            state.next += 1
            state.buffers[state.next] = buffer
            watchers.store(state.buffers.count, ordering: .relaxed)
            return state.next
        }
        guard let number else { throw TooManyWatchers() }
        return InvocationWatch(buffer) { [weak self] in self?.remove(number) }
    }

    private func remove(_ number: UInt64) {
        state.withLock { state in
            state.buffers[number] = nil
            watchers.store(state.buffers.count, ordering: .relaxed)
        }
    }

    /// Nothing more is settled: who watches comes to the end.
    package func finish() {
        state.withLock { state in
            state.isFinished = true
            for buffer in state.buffers.values { buffer.finish() }
        }
    }
}

/// What one watcher sees. It ends when nobody holds it any more.
package final class InvocationWatch: Sendable {
    /// Runs that wait for the watcher: a second of the fastest function.
    package static let runsKept = 512
    /// Bytes of memory that they may keep; one run is kept whatever its size.
    package static let bytesKept = 16 << 20

    private let buffer: InvocationBuffer
    private let end: @Sendable () -> Void

    init(_ buffer: InvocationBuffer, end: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        self.end = end
    }

    deinit {
        end()
    }

    /// Calls `body` with the invocations of each run as it is settled, until the worker has ended,
    /// or the task is cancelled. To be called once.
    package func forEach(_ body: (InvocationRun) async throws -> Void) async rethrows {
        for await run in buffer.runs {
            defer { buffer.release(run) }
            try await body(
                InvocationRun(run, through: buffer.filter, missed: buffer.takeMissed()))
        }
    }
}

/// The runs that wait for one watcher.
final class InvocationBuffer: Sendable {
    private struct State {
        var bytes = 0
        var missed = 0
    }

    let filter: InvocationFilter
    let runs: AsyncStream<SettledRun>
    private let continuation: AsyncStream<SettledRun>.Continuation
    private let state = Mutex(State())

    init(_ filter: InvocationFilter) {
        self.filter = filter
        (runs, continuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(InvocationWatch.runsKept))
    }

    /// Keeps the run if there is room, and counts its events otherwise.
    func put(_ run: SettledRun) {
        guard filter.accepts(run.lane.function) else { return }
        let bytes = run.bytes
        let hasRoom = state.withLock { state in
            guard state.bytes == 0 || state.bytes + bytes <= InvocationWatch.bytesKept else {
                return false
            }
            state.bytes += bytes
            return true
        }
        guard hasRoom else { return miss(run) }
        guard case .enqueued = continuation.yield(run) else {
            release(run)
            return miss(run)
        }
    }

    private func miss(_ run: SettledRun) {
        state.withLock { $0.missed += run.ready.outcomes.count }
    }

    /// The run is no longer kept.
    func release(_ run: SettledRun) {
        let bytes = run.bytes
        state.withLock { $0.bytes -= bytes }
    }

    /// Events that were missed since the last call.
    func takeMissed() -> Int {
        state.withLock { state in
            defer { state.missed = 0 }
            return state.missed
        }
    }

    func finish() {
        continuation.finish()
    }
}
