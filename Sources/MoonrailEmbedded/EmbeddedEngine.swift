import CoreMetrics
import Foundation
import GRDB
import MoonrailCore

/// The storage engine inside the worker's process: one SQLite file, one owner.
///
/// An event is on disk (fsync) before its receipt is given. A settlement is one transaction.
/// Offsets are gapless from 0 in each partition.
package final class EmbeddedEngine: Sendable {
    private let lock: DataDirectoryLock
    let store: OpenStore
    let writer: Writer
    let queue: WriteQueue
    private let waiters: Waiters
    let cache: ChunkCache
    let timePlaces = TimePlaces()
    /// For backups and checks, of all engines in the process.
    static let maintenance = MaintenanceThread()

    /// Opens the store in `directory`, which it creates when there is none, and owns it until
    /// `close` or the end of the process. Blocks for as long as opening takes.
    ///
    /// - Parameters:
    ///   - cacheBytes: memory for chunks that readers share.
    ///   - recentValueBytes: of changes of values that their table may lack, half of it.
    ///   - health: tells when the store is opened anew after a failed flush.
    ///   - metrics: makes what commits are measured with.
    /// - Throws: `inUse` when another process owns the directory; `unavailable` when it can't be
    ///   read or written, or a newer Moonrail wrote it.
    package init(
        directory: String, cacheBytes: Int = ChunkCache.bytesMax,
        recentValueBytes: Int = RecentValues.youngBytes,
        health: WriteHealth = WriteHealth(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        now: @escaping @Sendable () -> EventTime = { .now }
    ) throws(EngineError) {
        let lock = try DataDirectoryLock(directory: directory)
        let file = try StoreFile(directory: directory)
        let state: StoreState
        let recentValues: RecentValues
        do {
            (state, recentValues) = try file.pool.read {
                (try StoreState($0), try RecentValues($0, youngBytes: recentValueBytes))
            }
        } catch {
            throw EngineError(error, "read")
        }
        CrashPoint.recovery.pass()
        let store = OpenStore(file, directory: directory)
        let waiters = Waiters()
        let cache = ChunkCache(bytes: cacheBytes)
        let writer = Writer(
            store: store, state: state, recentValues: recentValues, waiters: waiters, cache: cache,
            health: health, measurements: WriterMeasurements(metrics), now: now)
        self.lock = lock
        self.store = store
        self.waiters = waiters
        self.cache = cache
        self.writer = writer
        queue = WriteQueue { writer.commit($0) }
    }

    /// Waits for the writes under way, refuses new ones, closes the file, and lets others own the
    /// directory. May be repeated.
    package func close() async {
        await queue.close()
        store.close()
        lock.release()
    }

    /// Runs a long read of the store's file, given its path, on the thread for such.
    func maintaining<Value: Sendable>(
        _ body: @escaping @Sendable (_ store: String) throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let store = store
        return try await Self.maintenance.run { () throws(EngineError) in
            try store.longRead { (path) throws(EngineError) in try body(path) }
        }
    }

    /// Runs a read on one of the store's reading threads.
    ///
    /// - Parameter place: what is read, for the message when the file is damaged there.
    func reading<Value: Sendable>(
        _ place: @autoclosure @escaping @Sendable () -> String? = nil,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(EngineError) -> Value {
        let store = store
        let result: Result<Value, EngineError> = await withCheckedContinuation { continuation in
            store.file.pool.asyncRead { database in
                continuation.resume(
                    returning: Result { try body(database.get()) }
                        .mapError { store.failure($0, place()) })
            }
        }
        return try result.get()
    }
}

extension EmbeddedEngine: StationCatalog {
    @discardableResult
    package func open(
        _ name: StationName, settings: StationSettings?
    ) async throws(EngineError) -> StationSettings {
        // Most calls only make sure; they need no commit.
        if let known = try? writer.withState({ try $0.station(name) }),
            settings == nil || settings == known.settings
        {
            return known.settings
        }
        guard case .opened(let settings) = try await queue.perform(.open(name, settings)) else {
            preconditionFailure("an open is answered as one")
        }
        return settings
    }

    package func describe(_ name: StationName) async throws(EngineError) -> StationSummary {
        let station = try writer.withState { (state) throws(EngineError) in
            try state.station(name)
        }
        return try await summaries([(name, station)])[0]
    }

    package func stations() async throws(EngineError) -> [StationSummary] {
        let stations = writer.withState { $0.stations }.sorted { $0.key < $1.key }
        return try await summaries(stations.map { ($0.key, $0.value) })
    }

    /// Summaries of stations; those whose window holds ids cost some look-ups into the store.
    private func summaries(
        _ stations: [(name: StationName, station: StationState)]
    ) async throws(EngineError) -> [StationSummary] {
        let now = writer.now()
        return try await reading { database in
            try stations.map { name, station in
                let window = try WindowSummary(database, station, now: now)
                return station.summary(name, window)
            }
        }
    }

    package func alter(
        _ name: StationName, settings: StationSettings
    ) async throws(EngineError) {
        _ = try await queue.perform(.alter(name, settings))
    }

    package func delete(_ name: StationName) async throws(EngineError) {
        _ = try await queue.perform(.delete(name))
    }
}

extension EmbeddedEngine: StationLog {
    package func append(_ append: StationAppend) async throws(EngineError) -> [AppendReceipt] {
        guard case .appended(let receipts) = try await queue.perform(.append(prepared(append)))
        else {
            preconditionFailure("an append is answered as one")
        }
        return receipts
    }

    package func wait(for cursors: [StationCursor]) async {
        await waiters.wait(for: cursors) { self.writer.isReady(cursors) }
    }

    package func waitAhead(for cursors: [StationCursor]) async {
        await waiters.wait(for: cursors, readsAhead: true) { self.writer.isReadyAhead(cursors) }
    }

    package func appendedAt(_ place: StationCursor) async throws(EngineError) -> EventTime? {
        let state = try self.partition(place.partition, of: place.station)
        guard (state.earliest..<state.next).contains(place.offset) else { return nil }
        return try await reading("station '\(place.station)', partition \(place.partition),") {
            try ChunkReader(partition: state.id).appended($0, at: place.offset)
        }
    }

    func partition(
        _ number: UInt32, of station: StationName
    ) throws(EngineError) -> PartitionState {
        try writer.withState { (state) throws(EngineError) in
            try state.partition(number, of: station)
        }
    }
}

extension EmbeddedEngine: LaneStore {
    package func claim(
        _ lane: LaneID, inputs: [StationName], start: LaneStart
    ) async throws(EngineError) -> LaneClaim {
        let work = WriteRequest.Work.claim(lane, inputs: inputs, start: start)
        guard case .claimed(let claim) = try await queue.perform(work) else {
            preconditionFailure("a claim is answered as one")
        }
        return claim
    }

    package func settle(_ settlements: [Settlement]) async throws(EngineError) {
        _ = try await queue.perform(.settle(settlements.map { prepared($0) }))
    }

    package func arrange(
        _ arrangement: LaneArrangement, telling tellings: [StationAppend]
    ) async throws(EngineError) {
        var tellings = tellings.map { prepared($0) }
        while true {
            let work = WriteRequest.Work.arrange(prepared(arrangement), telling: tellings)
            guard case .arranged(let isWhole) = try await queue.perform(work) else {
                preconditionFailure("an arrangement is answered as one")
            }
            if isWhole { return }
            // What was told is on disk.
            tellings = []
        }
    }

    package func lanes() async throws(EngineError) -> [LaneSummary] {
        writer.withState { state in
            state.lanes.map { id, lane in
                LaneSummary(
                    lane: id, position: lane.readPosition, generation: lane.generation,
                    counts: lane.counts, lag: state.lag(id, lane.readPosition),
                    settlements: lane.sequence)
            }
        }.sorted {
            ($0.lane.function, $0.lane.partition) < ($1.lane.function, $1.lane.partition)
        }
    }

    package func journal(
        of lane: LaneID, from first: UInt64, limit: Int
    ) async throws(EngineError) -> [JournalRecord] {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else { return [] }
        return try await reading("lane \(lane)") { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, record FROM journal
                    WHERE lane = ? AND sequence >= ? ORDER BY sequence LIMIT ?
                    """, arguments: [id, Int64(clamping: first), limit])
            return try rows.map { row in
                let record = try row.blob("record").withUnsafeBytes { JournalRecord(encoded: $0) }
                guard let record else {
                    throw EngineError.corrupt(
                        "lane \(lane): journal record \(try row.integer("sequence")) is damaged; "
                            + "the file is damaged: " + EngineError.damageAdvice)
                }
                return record
            }
        }
    }
}

extension StationState {
    fileprivate func summary(_ name: StationName, _ window: WindowSummary) -> StationSummary {
        StationSummary(
            name: name, settings: settings, created: created,
            partitions: partitions.map(\.summary), window: window)
    }
}

extension EventTime {
    /// The system clock's time, for `appended_at` and events without a time of their own.
    package static var now: EventTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return EventTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
