import GRDB
import MoonrailCore
import Synchronization

/// Writes groups of requests, each group as one transaction with one flush.
///
/// Everything that can refuse a request is checked in memory before the request writes anything,
/// so that a refusal leaves the others of its group untouched. A storage error answers the whole
/// group and leaves memory as it was; after a failed flush nothing is written until the store was
/// opened anew (`WriteHealth`).
final class Writer: Sendable {
    let store: OpenStore
    let waiters: Waiters
    let published: Mutex<StoreState>
    let recentValues: Mutex<RecentValues>
    let unflushed = UnflushedEvents()
    private let cache: ChunkCache
    private let measurements: WriterMeasurements
    /// Used by the writing thread alone; the lock only proves that to the compiler.
    let thread: Mutex<WriterThread>
    /// The clock of `appended_at`.
    let now: @Sendable () -> EventTime

    /// What only the writing thread knows.
    struct WriterThread: Sendable {
        var memory = AppendMemory()
        var health: WriteHealth
        /// Commits that failed after lanes had run ahead with their events.
        var withdrawals = 0
        /// The commit whose flush failed.
        var doubtful: DoubtfulCommit?
        /// Settlements that turned out to be on disk though they were answered as failed.
        var resolved: [LaneID: SettlementIdentity] = [:]
    }

    init(
        store: OpenStore, state: StoreState, recentValues: RecentValues, waiters: Waiters,
        cache: ChunkCache, health: WriteHealth = WriteHealth(),
        measurements: WriterMeasurements, now: @escaping @Sendable () -> EventTime
    ) {
        self.store = store
        self.measurements = measurements
        published = Mutex(state)
        self.recentValues = Mutex(recentValues)
        thread = Mutex(WriterThread(health: health))
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
        let answers = thread.withLock { thread in
            if let refusal = makeWritable(&thread) {
                return group.map { _ in Answer.failure(refusal) }
            }
            return commit(group, &thread)
        }
        for (request, answer) in zip(group, answers) { request.answer(answer) }
        thread.withLock { checkpoint(&$0) }
    }

    typealias Answer = Result<WriteRequest.Answer, EngineError>

    /// - Returns: why nothing may be written; nil when it may.
    private func makeWritable(_ thread: inout WriterThread) -> EngineError? {
        switch thread.health.advice(.now) {
        case .write: nil
        case .refuse(let reason): reason
        case .reopen: reopen(&thread)
        }
    }

    private func commit(_ group: [WriteRequest], _ thread: inout WriterThread) -> [Answer] {
        var answers: [Answer] = []
        var changes = StateChanges()
        var systemError: CInt = 0
        do {
            try write(group, &thread, &answers, &changes, &systemError)
            return answers
        } catch {
            // Before anything else is written: nothing that follows from it may be.
            if unflushed.takeBack() { thread.withdrawals += 1 }
            thread.memory.rollBack()
            let failure = EngineError(error, "write", systemError: systemError)
            switch StorageFault(error, systemError: systemError) {
            case .flushFailed:
                thread.health.flushFailed(failure, .now)
                thread.doubtful = DoubtfulCommit(group, answers, changes)
            case .damaged where group.count > 1:
                // Only whoever needs the damaged page is to learn of it.
                return group.flatMap { request in
                    makeWritable(&thread).map { [.failure($0)] } ?? commit([request], &thread)
                }
            case .damaged, .full, .denied, .failed: break
            }
            return group.map { _ in .failure(failure) }
        }
    }

    private func write(
        _ group: [WriteRequest], _ thread: inout WriterThread, _ answers: inout [Answer],
        _ changes: inout StateChanges, _ systemError: inout CInt
    ) throws {
        let committed = published.withLock { $0 }
        let settles = group.contains(where: \.settles)
        let began = ContinuousClock.now
        var written = began
        try store.file.pool.writeWithoutTransaction { database in
            do {
                try database.inTransaction(.immediate) {
                    var transaction = Transaction(
                        database: database, committed: committed,
                        withdrawals: thread.withdrawals, now: now())
                    for request in group {
                        answers.append(
                            try thread.answer(request.work)
                                ?? transaction.apply(request.work, &thread.memory))
                    }
                    changes = try finish(&transaction)
                    if settles { CrashPoint.settleWritten.pass() }
                    show(changes, since: committed)
                    written = .now
                    return .commit
                }
            } catch {
                systemError = database.systemError
                throw error
            }
        }
        if settles { CrashPoint.settleCommitted.pass() }
        thread.memory.commit(changes)
        thread.forgetResolved(group)
        publish(changes, since: committed)
        _ = unflushed.takeBack()
        measurements.committed(group, answers, began: began, written: written)
    }

    /// Completes a commit with what brings the table of values closer to their log.
    private func finish(_ transaction: inout Transaction) throws -> StateChanges {
        let changed = transaction.changes.values.written.reduce(0) { $0 + $1.record.changes.count }
        if changed > 0 {
            try transaction.writeBehind(recentValues.withLock { $0.work(changed: changed) })
        }
        return try transaction.finish()
    }

    /// Lets lanes run ahead with what is about to be flushed.
    private func show(_ changes: StateChanges, since committed: StoreState) {
        if changes.chunks.isEmpty { return }
        unflushed.show(changes.chunks)
        waiters.wake(
            changes.news(since: committed).filter { $0.partitions != nil }, onlyAhead: true,
            isReady: isReadyAhead)
    }

    /// Makes what is on disk visible.
    func publish(_ changes: StateChanges, since committed: StoreState) {
        // Before anybody is told of them, so that those who wait needn't go to the disk.
        for (partition, chunk) in changes.chunks { cache.insert(chunk, partition: partition) }
        cache.remove(partitions: changes.deletedPartitions(since: committed))
        publish(changes.values)
        published.withLock { $0.apply(changes) }
        waiters.wake(changes.news(since: committed), isReady: isReady)
    }

    private func publish(_ values: ValueChanges) {
        if values.isEmpty { return }
        let unsorted = recentValues.withLock { recent in
            recent.apply(values)
            return recent.unsorted
        }
        guard let unsorted else { return }
        let places = unsorted.places()
        recentValues.withLock { $0.sorted(places) }
    }

    /// Brings a long log into the file. The group before has its answers: what it wrote is on disk
    /// whether or not this works.
    private func checkpoint(_ thread: inout WriterThread) {
        let file = store.file
        guard file.log.isLong, !thread.health.isFrozen else { return }
        var systemError: CInt = 0
        do {
            try file.pool.writeWithoutTransaction { database in
                do {
                    try database.checkpoint(.passive)
                } catch {
                    systemError = database.systemError
                    throw error
                }
            }
        } catch {
            guard case .flushFailed = StorageFault(error, systemError: systemError) else {
                // The log keeps what it has; the next commit tries again.
                return
            }
            thread.health.flushFailed(
                EngineError(error, "write", systemError: systemError), .now)
        }
    }

    /// Whether reading one of the cursors would not come back empty.
    func isReady(_ cursors: [StationCursor]) -> Bool {
        published.withLock { $0.isReady(cursors) }
    }

    /// Whether reading one of the cursors ahead of the flush would not come back empty.
    func isReadyAhead(_ cursors: [StationCursor]) -> Bool {
        published.withLock { state in
            state.isReady(cursors)
                || cursors.contains { cursor in
                    guard let partition = try? state.partition(cursor.partition, of: cursor.station)
                    else { return true }
                    return unflushed.end(partition: partition.id).map { $0 > cursor.offset }
                        ?? false
                }
        }
    }
}
