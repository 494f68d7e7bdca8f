import MoonrailCore
import Synchronization

/// Shares lanes among the workers of one prefix, through leases in a key-value bucket.
///
/// Each worker renews a session every third of the lease time. A session that another has not heard
/// of for the lease time is dead for that one, and its lanes are free; which of the live sessions
/// has which lane they all compute alike. Taking a lane, renewing a session and giving either back
/// are compare-and-set, so that of two that try one wins; in a cluster the later one has it, and
/// the other hears so (`LeaseBucket.Write`).
package final class JetStreamLeases: LaneOwnership {
    let bucket: LeaseBucket
    let worker: String
    let lease: Duration
    let timeout: Duration
    let report: @Sendable (String) -> Void
    let state: Mutex<State>
    /// Rung when the keeper has something to look at.
    let work = Bell()
    /// Rung when the keeper has found out something.
    let outcome = Bell()
    private let start = ContinuousClock.now

    struct State {
        var table: LeaseTable
        /// Nil while there is none: nothing is this worker's then.
        var session: SessionID?
        /// Of the session's record.
        var revision: UInt64 = 0
        /// Until when others hold the session to live, for certain; and when it is renewed.
        var validUntil = Duration.zero
        var nextRenewal = Duration.zero
        /// What the session's record says.
        var published: Set<LaneID> = []
        var watch: BrokerSubscription?
        /// Counts the watches; what an earlier one tells is over.
        var watchNumber = 0
        var watchBegan = Duration.zero
        var isWatchBroken = false
        /// Whether an operator was told that something does not work, which still does not.
        var isTroubled = false
        /// Lanes that this worker runs or would.
        var wanted: Set<LaneID> = []
        /// Lanes that are asked for out of turn.
        var asked: Set<LaneID> = []
        /// Lanes that are this worker's and in use.
        var leases: [LaneID: Held] = [:]
        /// Lanes that are to be another's.
        var leaving: Set<LaneID> = []
        /// Lanes whose records are being deleted.
        var returning: Set<LaneID> = []
        /// Whether something has changed since that who waits may wait for.
        var hasNews = false
        var leasesGiven: UInt64 = 0
    }

    struct Held: Sendable {
        let number: UInt64
        /// Whether it was asked for out of turn.
        let isAsked: Bool
        var ending: LaneLeaseEnding?
    }

    /// - Parameters:
    ///   - worker: what others call this worker.
    ///   - lease: how long a session outlasts its last sign of life.
    ///   - report: called with what an operator should know, on any thread; it must not wait.
    package init(
        _ engine: JetStreamEngine, worker: String, lease: Duration,
        report: @escaping @Sendable (String) -> Void
    ) {
        bucket = LeaseBucket(engine.jetStream, engine.settings)
        self.worker = worker
        self.lease = lease
        timeout = min(engine.settings.timeout, lease / 3)
        self.report = report
        state = Mutex(State(table: LeaseTable(lease: lease)))
    }

    package var isShared: Bool { true }

    /// Time since this was made, by a clock that goes on while the process does not.
    var now: Duration { ContinuousClock.now - start }

    package func own(_ lane: LaneID) async -> (any LaneLease)? {
        state.withLock { state in
            state.wanted.insert(lane)
            state.hasNews = true
        }
        work.ring()
        while true {
            let waiter = Bell.Waiter()
            outcome.enter(waiter)
            defer { outcome.leave(waiter) }
            if let lease = grant(lane) { return lease }
            if Task.isCancelled {
                state.withLock { _ = $0.wanted.remove(lane) }
                work.ring()
                return nil
            }
            await waiter.wait()
        }
    }

    package func take(_ lane: LaneID) async throws(EngineError) -> any LaneLease {
        // Who died a moment ago is waited for.
        let deadline = now + lease * 2 + timeout
        state.withLock { _ = $0.asked.insert(lane) }
        work.ring()
        while true {
            let waiter = Bell.Waiter()
            outcome.enter(waiter)
            work.enter(waiter)
            defer {
                outcome.leave(waiter)
                work.leave(waiter)
            }
            if let lease = grant(lane) {
                state.withLock { _ = $0.asked.remove(lane) }
                return lease
            }
            do throws(EngineError) {
                try refuse(lane, after: deadline)
            } catch {
                state.withLock { _ = $0.asked.remove(lane) }
                throw error
            }
            await waiter.wait()
        }
    }

    /// - Throws: why the lane can't be taken; nothing while it is not certain.
    private func refuse(_ lane: LaneID, after deadline: Duration) throws(EngineError) {
        let now = now
        let (elsewhere, isUsed) = state.withLock { state in
            let holder = state.table.holder(of: lane, at: now)
            let isOther = holder.map { $0.session != state.session } ?? false
            let isCertain = state.table.isCertain(of: lane, at: now)
            return (isOther && isCertain ? holder?.worker : nil, state.leases[lane] != nil)
        }
        if let elsewhere { throw .laneElsewhere(lane, worker: elsewhere) }
        if now > deadline || Task.isCancelled {
            throw .unavailable(
                isUsed
                    ? "lane \(lane) still runs here; ask again"
                    : "the broker does not say whether lane \(lane) is free; ask again")
        }
    }

    package func workerElsewhere(_ lane: LaneID) -> String? {
        let now = now
        return state.withLock { state in
            guard let holder = state.table.holder(of: lane, at: now),
                holder.session != state.session
            else { return nil }
            return holder.worker
        }
    }

    /// A lease of a lane that the bucket says is this worker's, unless it is in use or to leave.
    private func grant(_ lane: LaneID) -> Lease? {
        let now = now
        return state.withLock { state in
            guard let session = state.session, now < state.validUntil,
                state.table.holder(of: lane, at: now)?.session == session,
                state.leases[lane] == nil, !state.returning.contains(lane),
                state.asked.contains(lane) || !state.leaving.contains(lane)
            else { return nil }
            state.leasesGiven += 1
            state.leases[lane] = Held(
                number: state.leasesGiven, isAsked: state.asked.contains(lane))
            return Lease(lane: lane, number: state.leasesGiven, leases: self)
        }
    }

    private struct Lease: LaneLease {
        let lane: LaneID
        let number: UInt64
        let leases: JetStreamLeases

        func ending() async -> LaneLeaseEnding {
            while true {
                let waiter = Bell.Waiter()
                leases.outcome.enter(waiter)
                defer { leases.outcome.leave(waiter) }
                let ending = leases.state.withLock { state -> LaneLeaseEnding? in
                    guard let held = state.leases[lane], held.number == number else {
                        return .lost
                    }
                    return held.ending
                }
                if let ending { return ending }
                if Task.isCancelled { return .wanted }
                await waiter.wait()
            }
        }

        func release() async {
            leases.state.withLock { state in
                guard let held = state.leases[lane], held.number == number else { return }
                state.leases[lane] = nil
                state.hasNews = true
                if !held.isAsked { state.wanted.remove(lane) }
            }
            leases.work.ring()
        }
    }
}
