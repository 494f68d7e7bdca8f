import GRDB
import MoonrailCore
import Synchronization

/// Writes groups of requests, each group as one transaction with one flush.
///
/// Everything that can refuse a request is checked in memory before the request writes anything,
/// so that a refusal leaves the others of its group untouched.
final class Writer: Sendable {
    private let file: StoreFile
    private let published: Mutex<StoreState>
    private let waiters: Waiters
    /// Used by the writing thread alone; the lock only proves that to the compiler.
    private let windows = Mutex(DuplicateWindows())
    private let now: @Sendable () -> EventTime

    init(
        file: StoreFile, state: StoreState, waiters: Waiters,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.file = file
        published = Mutex(state)
        self.waiters = waiters
        self.now = now
    }

    /// What is committed.
    func withState<Result: Sendable, Failure: Error>(
        _ body: (StoreState) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try published.withLock { (state) throws(Failure) in try body(state) }
    }

    /// Commits a group and answers every request of it. Blocks until the data is on disk.
    func commit(_ group: [WriteRequest]) {
        var answers: [Result<WriteRequest.Answer, EngineError>] = []
        windows.withLock { windows in
            do {
                answers = try write(group, &windows)
            } catch {
                windows.rollBack()
                let failure = StoreFile.failure(error, "write")
                answers = group.map { _ in .failure(failure) }
            }
        }
        for (request, answer) in zip(group, answers) { request.answer(answer) }
    }

    private func write(
        _ group: [WriteRequest], _ windows: inout DuplicateWindows
    ) throws -> [Result<WriteRequest.Answer, EngineError>] {
        var answers: [Result<WriteRequest.Answer, EngineError>] = []
        var changes = StateChanges()
        let committed = published.withLock { $0 }
        let settles = group.contains(where: \.settles)
        try file.pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                var transaction = Transaction(
                    database: database, committed: committed, now: now())
                for request in group {
                    answers.append(try transaction.apply(request.work, &windows))
                }
                changes = try transaction.finish()
                if settles { CrashPoint.settleWritten.pass() }
                return .commit
            }
        }
        if settles { CrashPoint.settleCommitted.pass() }
        windows.commit()
        published.withLock { $0.apply(changes) }
        waiters.wake(changes.news(since: committed), isReady: isReady)
        return answers
    }

    /// Whether reading one of the cursors would not come back empty.
    func isReady(_ cursors: [StationCursor]) -> Bool {
        published.withLock { $0.isReady(cursors) }
    }
}
