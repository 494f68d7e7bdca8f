import Foundation
import MoonrailCore
import Synchronization

/// Shares lanes between the workers of one broker, through leases in a key-value bucket.
///
/// Each worker writes a record of itself three times within the lease time, with the lanes that it
/// can run. A lane's record names the worker that has it; only compare-and-set changes it. A worker
/// that was not heard of for the lease time, by the clock of whoever listens, has no lanes any
/// more; one that could not write its record for as long, by its own clock, gives all of its lanes
/// up. Clocks of different machines are never compared.
package final class JetStreamLeases: LaneOwnership {
    let broker: Broker
    let jetStream: JetStream
    let readers: PartitionReaders
    let settings: BrokerSettings
    let records: LeaseRecords
    let session: String
    let bell = Bell()
    let state: Mutex<State>

    struct State {
        var table: LeaseTable
        /// Lanes that this worker can run.
        var wants: [LaneID: Wish] = [:]
        /// Lanes that it has taken out of turn.
        var taken: Set<LaneID> = []
        /// As they are in its record.
        var written: Set<LaneID>?
        /// When it began to write the record that is there now.
        var renewed: ContinuousClock.Instant?
        /// Whether it has seen what was in the bucket when it came.
        var isCurrent = false
    }

    /// How it stands with a lane that this worker can run.
    enum Wish: Hashable {
        case waiting, held
        /// It was let go then: whoever wants it again at once has never stopped to.
        case leaving(ContinuousClock.Instant)
    }

    /// - Parameters:
    ///   - engine: whose lanes they are.
    ///   - leaseTime: after so long a worker that died has no lanes any more, 1 second to a minute.
    package init(of engine: JetStreamEngine, leaseTime: Duration = .seconds(5)) {
        broker = engine.broker
        jetStream = engine.jetStream
        readers = engine.readers
        settings = engine.settings
        records = LeaseRecords(prefix: settings.prefix)
        session = String(UInt64.random(in: .min ... .max), radix: 36)
        state = Mutex(State(table: LeaseTable(leaseTime: leaseTime)))
    }

    package var isShared: Bool { true }

    package func own(_ lane: LaneID) async -> (any LaneLease)? {
        state.withLock { $0.wants[lane] = .waiting }
        bell.ring()
        let lease = await waiting { () -> Lease? in
            self.hold(lane).map { Lease(lane, $0, of: self) }
        }
        if lease == nil { letGo(lane) }
        return lease
    }

    package func take(_ lane: LaneID) async throws(EngineError) -> any LaneLease {
        for _ in 0..<Self.attempts {
            if let elsewhere = workerElsewhere(lane) {
                throw .laneElsewhere(lane, worker: elsewhere)
            }
            let revision = state.withLock { state in
                state.taken.insert(lane)
                return state.table.revisions[lane] ?? 0
            }
            do throws(EngineError) {
                if let taken = try await claim(lane, behind: revision) {
                    return Lease(lane, taken, of: self)
                }
            } catch {
                letGo(lane)
                throw error
            }
            letGo(lane)
            try? await Task.sleep(for: .milliseconds(50))
        }
        throw .unavailable("lane \(lane) changes hands; try again")
    }

    package func workerElsewhere(_ lane: LaneID) -> String? {
        state.withLock { state in
            guard let holder = state.table.holder(of: lane, at: .now), holder != session else {
                return nil
            }
            return state.table.sessions[holder]?.name
        }
    }

    private static let attempts = 20

    /// Holds a lane of which this worker has the lease now.
    ///
    /// - Returns: the lease's revision; nil when it has none.
    private func hold(_ lane: LaneID) -> UInt64? {
        state.withLock { state in
            guard isValid(state, at: .now), let lease = state.table.leases[lane],
                lease.session == session
            else { return nil }
            state.wants[lane] = .held
            return lease.revision
        }
    }

    /// Whether this worker's own record is young enough for its leases to be its own.
    private func isValid(_ state: State, at now: ContinuousClock.Instant) -> Bool {
        state.renewed.map { now - $0 < state.table.leaseTime } ?? false
    }

    private func letGo(_ lane: LaneID) {
        state.withLock { state in
            if state.taken.remove(lane) == nil { state.wants[lane] = .leaving(.now) }
        }
    }

    /// Asks `find` now and after each change until it finds something, or the task is cancelled.
    private func waiting<Value>(_ find: () -> Value?) async -> Value? {
        while !Task.isCancelled {
            let waiter = Bell.Waiter()
            bell.enter(waiter)
            defer { bell.leave(waiter) }
            if let found = find() { return found }
            await waiter.wait()
        }
        return nil
    }

    /// A lane's lease, as long as its record is the one that was written for it.
    private struct Lease: LaneLease {
        let lane: LaneID
        let revision: UInt64
        let leases: JetStreamLeases

        init(_ lane: LaneID, _ revision: UInt64, of leases: JetStreamLeases) {
            self.lane = lane
            self.revision = revision
            self.leases = leases
        }

        func ending() async -> LaneLeaseEnding {
            await leases.waiting { leases.ending(of: lane, revision) } ?? .wanted
        }

        func release() async {
            leases.letGo(lane)
            await leases.remove(lane, revision)
        }
    }

    private func ending(of lane: LaneID, _ revision: UInt64) -> LaneLeaseEnding? {
        let now = ContinuousClock.now
        return state.withLock { state in
            // A record that was not seen yet is the one that this worker wrote.
            let seen = state.table.revisions[lane] ?? 0
            guard isValid(state, at: now), seen <= revision else { return .lost }
            guard seen == revision else { return nil }
            let assigned = state.table.assignment(at: now)[lane]
            return assigned == nil || assigned == session ? nil : .wanted
        }
    }
}
