import Foundation
import GRDB
import MoonrailCore

/// The storage engine inside the worker's process: one SQLite file, one owner.
///
/// An event is on disk (fsync) before its receipt is given. A settlement is one transaction.
/// Offsets are gapless from 0 in each partition.
package final class EmbeddedEngine: Sendable {
    private let lock: DataDirectoryLock
    private let file: StoreFile
    private let writer: Writer
    private let queue: WriteQueue
    private let waiters: Waiters

    /// Opens the store in `directory`, which it creates when there is none, and owns it until
    /// `close` or the end of the process. Blocks for as long as opening takes.
    ///
    /// - Throws: `inUse` when another process owns the directory; `unavailable` when it can't be
    ///   read or written, or a newer Moonrail wrote it.
    package init(
        directory: String, now: @escaping @Sendable () -> EventTime = { .now }
    ) throws(EngineError) {
        let lock = try DataDirectoryLock(directory: directory)
        let file = try StoreFile(directory: directory)
        let state: StoreState
        do {
            state = try file.pool.read { try StoreState($0) }
        } catch {
            throw StoreFile.failure(error, "read")
        }
        CrashPoint.recovery.pass()
        let waiters = Waiters()
        let writer = Writer(file: file, state: state, waiters: waiters, now: now)
        self.lock = lock
        self.file = file
        self.waiters = waiters
        self.writer = writer
        queue = WriteQueue { writer.commit($0) }
    }

    /// Waits for the writes under way, refuses new ones, closes the file, and lets others own the
    /// directory. May be repeated.
    package func close() async {
        await queue.close()
        // What is on disk is complete without it; an error here has nobody to act on it.
        try? file.pool.close()
        lock.release()
    }

    /// Runs a read on one of the store's reading threads.
    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(EngineError) -> Value {
        let result: Result<Value, EngineError> = await withCheckedContinuation { continuation in
            file.pool.asyncRead { database in
                continuation.resume(
                    returning: Result { try body(database.get()) }
                        .mapError { StoreFile.failure($0, "read") })
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
        if settings == nil, let known = try? writer.withState({ try $0.station(name) }) {
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
        return station.summary(name)
    }

    package func stations() async throws(EngineError) -> [StationSummary] {
        writer.withState { $0.stations }.map { $1.summary($0) }.sorted { $0.name < $1.name }
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
        guard case .appended(let receipts) = try await queue.perform(.append(append)) else {
            preconditionFailure("an append is answered as one")
        }
        return receipts
    }

    package func read(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        let partition = try partition(cursor.partition, of: cursor.station)
        let empty = StoredEvents(station: cursor.station, partition: cursor.partition)
        guard partition.next > cursor.offset else { return empty }
        let count = Int(min(partition.next - cursor.offset, UInt64(bounds.events)))
        do {
            return try await reading { database in
                var events = empty
                events.records.reserve(
                    events: count, bytes: min(bounds.bytes, count * Self.usualRecordBytes))
                try ChunkReader(partition: partition.id).read(
                    database, from: cursor.offset, bounds: bounds, into: &events)
                return events
            }
        } catch {
            // The station may have been deleted after it was looked up.
            _ = try self.partition(cursor.partition, of: cursor.station)
            throw error
        }
    }

    package func read(
        key: [UInt8], from cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents {
        var found = StoredEvents(station: cursor.station, partition: cursor.partition)
        var cursor = cursor
        while true {
            let events = try await read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { return found }
            for number in 0..<events.count {
                let isWanted = events.records.withRecord(number) { record in
                    guard record.key?.elementsEqual(key) == true else { return false }
                    found.records.append(record, origins: events.records.origins)
                    return true
                }
                guard isWanted else { continue }
                found.offsets.append(events.offsets[number])
                if found.count >= bounds.events || found.records.bytes.count >= bounds.bytes {
                    return found
                }
            }
            cursor.offset = last + 1
        }
    }

    /// What room is made for an event that is about to be read.
    private static let usualRecordBytes = 512

    package func wait(for cursors: [StationCursor]) async {
        await waiters.wait(for: cursors) { self.writer.isReady(cursors) }
    }

    package func seek(
        _ station: StationName, partition: UInt32, to time: EventTime
    ) async throws(EngineError) -> UInt64 {
        let state = try self.partition(partition, of: station)
        return try await reading {
            try ChunkReader(partition: state.id).seek($0, to: time, in: state) ?? state.next
        }
    }

    private func partition(
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
        _ = try await queue.perform(.settle(settlements))
    }

    package func values(
        of lane: LaneID, in space: LaneValueSpace, after key: [UInt8]?, limit: Int
    ) async throws(EngineError) -> [LaneValue] {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else { return [] }
        return try await reading { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT key, value FROM lane_value
                    WHERE lane = ? AND space = ? AND (? IS NULL OR key > ?)
                    ORDER BY key LIMIT ?
                    """,
                arguments: [id, space.rawValue, key.map { Data($0) }, key.map { Data($0) }, limit])
            var values: [LaneValue] = []
            while let row = try rows.next() {
                values.append(
                    LaneValue(key: Array(row[0] as Data), value: Array(row[1] as Data)))
            }
            return values
        }
    }

    package func value(
        of lane: LaneID, in space: LaneValueSpace, key: [UInt8]
    ) async throws(EngineError) -> [UInt8]? {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else { return nil }
        return try await reading { database in
            try Data.fetchOne(
                database,
                sql: "SELECT value FROM lane_value WHERE lane = ? AND space = ? AND key = ?",
                arguments: [id, space.rawValue, Data(key)]
            ).map(Array.init)
        }
    }

    package func lanes() async throws(EngineError) -> [LaneSummary] {
        writer.withState { state in
            state.lanes.map { id, lane in
                LaneSummary(
                    lane: id, position: lane.readPosition, generation: lane.generation,
                    counts: lane.counts, lag: state.lag(id, lane.readPosition))
            }
        }.sorted {
            ($0.lane.function, $0.lane.partition) < ($1.lane.function, $1.lane.partition)
        }
    }

    package func journal(
        of lane: LaneID, from first: UInt64, limit: Int
    ) async throws(EngineError) -> [JournalRecord] {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else { return [] }
        return try await reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, record FROM journal
                    WHERE lane = ? AND sequence >= ? ORDER BY sequence LIMIT ?
                    """, arguments: [id, Int64(clamping: first), limit])
            return try rows.map { row in
                let data: Data = row["record"]
                guard let record = data.withUnsafeBytes({ JournalRecord(encoded: $0) }) else {
                    throw EngineError.corrupt(
                        "lane \(lane): journal record \(row["sequence"] as Int64) is damaged")
                }
                return record
            }
        }
    }
}

extension StationState {
    fileprivate func summary(_ name: StationName) -> StationSummary {
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
