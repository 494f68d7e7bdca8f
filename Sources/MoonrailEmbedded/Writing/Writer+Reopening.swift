import GRDB
import MoonrailCore

/// A commit whose flush failed: after the store was opened anew it is there as a whole, or not at
/// all.
struct DoubtfulCommit: Sendable {
    /// What it changes, if it is there.
    let changes: StateChanges
    /// The settlements in it; their callers were told that they failed, and will repeat them.
    let settlements: [LaneID: SettlementIdentity]

    /// - Parameter answers: what the requests would have been told; one that was refused is not in
    ///   the commit.
    init(_ group: [WriteRequest], _ answers: [Writer.Answer], _ changes: StateChanges) {
        self.changes = changes
        var settlements: [LaneID: SettlementIdentity] = [:]
        for (request, answer) in zip(group, answers) {
            guard case .success = answer, let identity = SettlementIdentity(request.work) else {
                continue
            }
            settlements[identity.lane] = identity
        }
        self.settlements = settlements
    }
}

/// What tells a call of `settle` from any other: where it takes its lane from, and to; and what it
/// says of dead letters and values, as settlements of those leave the lane where it stands.
struct SettlementIdentity: Hashable, Sendable {
    let lane: LaneID
    private let fence: UInt64
    private let from: Position
    private let to: Position
    private let fates: [[JournalRecord.LetterFate]]
    private let changes: [[LaneValueChange]]
    private let values: [LaneValueRecords]

    /// - Returns: nil when the work settles nothing.
    init?(_ work: WriteRequest.Work) {
        guard case .settle(let prepared) = work else { return nil }
        let settlements = prepared.map(\.settlement)
        guard let first = settlements.first,
            let last = settlements.last
        else { return nil }
        lane = first.claim.lane
        fence = first.claim.fence
        from = first.from
        to = last.to
        fates = settlements.map(\.journal.fates)
        changes = settlements.map(\.changes)
        values = settlements.map(\.values)
    }
}

extension Writer.WriterThread {
    /// Answers a repetition of a settlement that is on disk, which its lane could not know.
    func answer(_ work: WriteRequest.Work) -> Writer.Answer? {
        guard !resolved.isEmpty, let identity = SettlementIdentity(work),
            resolved[identity.lane] == identity
        else { return nil }
        return .success(.settled)
    }

    /// Forgets what was repeated: the next call like it is another settlement.
    mutating func forgetResolved(_ group: [WriteRequest]) {
        if resolved.isEmpty { return }
        for request in group {
            guard let identity = SettlementIdentity(request.work) else { continue }
            resolved[identity.lane] = nil
        }
    }
}

/// Going on after a failed flush.
///
/// The kernel may have dropped what it could not write and report the next flush as good (what
/// PostgreSQL's developers called fsyncgate in 2018), so that no flush on the open file can be
/// believed. Opening anew is sound all the same, for three reasons. Every acknowledged commit had
/// its frames in the log flushed before its acknowledgement, and the log is not reset before all of
/// it is in the file and flushed. Recovery believes a frame only by its checksum. And recovery
/// starts with nothing counted as checkpointed, so that the checkpoint below writes every page of
/// the log to the file again and flushes it: nothing that a failed flush may have dropped is relied
/// upon.
extension Writer {
    /// Opens the store anew and compares it with what was acknowledged.
    ///
    /// - Returns: why nothing may be written yet; nil when writing goes on.
    func reopen(_ thread: inout WriterThread) -> EngineError? {
        let recovered: StoreState
        do throws(EngineError) {
            recovered = try recover()
        } catch {
            thread.health.reopeningFailed(error, .now)
            return refusal(&thread)
        }
        let committed = published.withLock { $0 }
        if let doubtful = thread.doubtful {
            var advanced = committed
            advanced.apply(doubtful.changes)
            if recovered.ends == advanced.ends && recovered.ends != committed.ends {
                publish(doubtful.changes, since: committed)
                thread.resolved = doubtful.settlements
                return goOn(&thread)
            }
        }
        guard recovered.ends == committed.ends else {
            thread.health.foundOther()
            return refusal(&thread)
        }
        return goOn(&thread)
    }

    /// Opens the file anew, reads what it holds, and flushes that.
    private func recover() throws(EngineError) -> StoreState {
        let file = try store.reopen()
        do {
            let state = try file.pool.read { try StoreState($0) }
            _ = try file.pool.writeWithoutTransaction { try $0.checkpoint(.full) }
            return state
        } catch {
            throw EngineError(error, "write")
        }
    }

    private func goOn(_ thread: inout WriterThread) -> EngineError? {
        // It knows nothing of the commit in doubt; what is needed of it is read anew.
        thread.memory = AppendMemory()
        thread.doubtful = nil
        thread.health.reopened()
        return nil
    }

    private func refusal(_ thread: inout WriterThread) -> EngineError? {
        guard case .refuse(let reason) = thread.health.advice(.now) else { return nil }
        return reason
    }
}

/// What of a store's state must be the same before and after it was opened anew.
struct StoreEnds: Equatable {
    struct StationEnds: Equatable {
        let id: Int64
        /// As they are stored, in whole microseconds.
        let settings: [Int64?]
        let partitions: [[UInt64]]
    }

    struct LaneEnds: Equatable {
        let id: Int64
        let generation: UInt32
        let fence: UInt64
        let sequence: UInt64
        let position: Position
    }

    let stations: [StationName: StationEnds]
    let lanes: [LaneID: LaneEnds]
}

extension StoreState {
    var ends: StoreEnds {
        StoreEnds(
            stations: stations.mapValues { station in
                .init(
                    id: station.id,
                    settings: [
                        station.retention.age?.microseconds,
                        station.retention.bytes.map { Int64(clamping: $0) },
                        station.retention.events.map { Int64(clamping: $0) },
                        Int64(station.duplicates.ids), station.duplicates.age.microseconds,
                    ],
                    partitions: station.partitions.map { [UInt64($0.id), $0.earliest, $0.next] })
            },
            lanes: lanes.mapValues {
                .init(
                    id: $0.id, generation: $0.generation, fence: $0.fence, sequence: $0.sequence,
                    position: $0.position)
            })
    }
}
