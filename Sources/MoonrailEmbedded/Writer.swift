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
    private let cache: ChunkCache
    /// Used by the writing thread alone; the lock only proves that to the compiler.
    private let memory = Mutex(AppendMemory())
    /// The clock of `appended_at`.
    let now: @Sendable () -> EventTime

    init(
        file: StoreFile, state: StoreState, waiters: Waiters, cache: ChunkCache,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.file = file
        published = Mutex(state)
        self.waiters = waiters
        self.cache = cache
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
        memory.withLock { memory in
            do {
                answers = try write(group, &memory)
            } catch {
                memory.rollBack()
                let failure = StoreFile.failure(error, "write")
                answers = group.map { _ in .failure(failure) }
            }
        }
        for (request, answer) in zip(group, answers) { request.answer(answer) }
    }

    private func write(
        _ group: [WriteRequest], _ memory: inout AppendMemory
    ) throws -> [Result<WriteRequest.Answer, EngineError>] {
        var answers: [Result<WriteRequest.Answer, EngineError>] = []
        var changes = StateChanges()
        let committed = published.withLock { $0 }
        try file.pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                var transaction = Transaction(
                    database: database, committed: committed, now: now())
                for request in group {
                    answers.append(try transaction.apply(request.work, &memory))
                }
                changes = try transaction.finish()
                return .commit
            }
        }
        memory.commit(changes)
        // Before anybody is told of them, so that those who wait needn't go to the disk.
        for (partition, chunk) in changes.chunks { cache.insert(chunk, partition: partition) }
        cache.remove(partitions: changes.deletedPartitions(since: committed))
        published.withLock { $0.apply(changes) }
        waiters.wake(changes.news(since: committed), isReady: isReady)
        return answers
    }

    /// Whether reading one of the cursors would not come back empty.
    func isReady(_ cursors: [StationCursor]) -> Bool {
        published.withLock { $0.isReady(cursors) }
    }
}
