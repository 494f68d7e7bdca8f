import MoonrailCore

/// What one worker knows of all sessions and leases, and what follows for it. A pure value.
///
/// A session is dead when nothing was heard of it for the lease time, by the clock of who listens:
/// no two clocks are compared. Times are counted from any moment, always the same.
package struct LeaseTable: Sendable {
    private struct Session {
        let record: SessionRecord
        let lanes: Set<LaneID>
        let revision: UInt64
        let heard: Duration
        /// Whether it was heard since the watch began; what lay there then may be long dead.
        let isRenewed: Bool
    }

    private struct Held {
        let holder: HolderRecord?
        let revision: UInt64
    }

    /// What a worker is to do next.
    package struct Plan: Hashable, Sendable {
        /// Lanes to take, each with the revision that its record has now; 0: there is none.
        package var take: [LaneID: UInt64] = [:]
        /// Lanes of its own that another is to have.
        package var leave: Set<LaneID> = []

        package init(take: [LaneID: UInt64] = [:], leave: Set<LaneID> = []) {
            self.take = take
            self.leave = leave
        }
    }

    package let lease: Duration
    private var sessions: [SessionID: Session] = [:]
    private var lanes: [LaneID: Held] = [:]
    /// Sessions that this worker had before: it runs nothing in their names any more.
    private var former: Set<SessionID> = []
    /// Whether all that lay there when the watch began has come: the session of this worker, which
    /// was written last.
    package private(set) var isLoaded = false

    package init(lease: Duration) {
        self.lease = lease
    }

    /// Forgets what was heard: the watch begins anew.
    ///
    /// - Parameter ended: the session that this worker had until now.
    package mutating func begin(after ended: SessionID?) {
        sessions = [:]
        lanes = [:]
        isLoaded = false
        if let ended { former.insert(ended) }
    }

    /// Takes a record, of which an older one is known or not.
    ///
    /// - Parameter own: the session of this worker.
    package mutating func take(
        _ record: LeaseRecord, revision: UInt64, at now: Duration, own: SessionID?
    ) {
        switch record {
        case .session(let id, let record):
            guard revision > sessions[id]?.revision ?? 0 else { return }
            sessions[id] = Session(
                record: record, lanes: record.laneIDs, revision: revision, heard: now,
                isRenewed: isLoaded)
            if id == own { isLoaded = true }
        case .ended(let id):
            sessions[id] = nil
        case .lane(let lane, let holder):
            guard revision > lanes[lane]?.revision ?? 0 else { return }
            lanes[lane] = Held(holder: holder, revision: revision)
        }
    }

    /// When a session was heard last; nil: never.
    package func heard(_ id: SessionID) -> Duration? { sessions[id]?.heard }

    /// The revision of a session's record; 0: there is none.
    package func revision(of id: SessionID) -> UInt64 { sessions[id]?.revision ?? 0 }

    /// Whether the lane's record is known and does not name the session.
    package func isElsewhere(_ lane: LaneID, than id: SessionID) -> Bool {
        lanes[lane].map { $0.holder?.session != id.text } ?? false
    }

    /// Lanes whose records name the session, with their revisions.
    package func lanes(of id: SessionID) -> [LaneID: UInt64] {
        lanes.filter { $0.value.holder?.session == id.text }.mapValues(\.revision)
    }

    package func isLive(_ id: SessionID, at now: Duration) -> Bool {
        guard let session = sessions[id], !former.contains(id) else { return false }
        return now - session.heard < lease
    }

    /// Sessions whose records this one is to remove: nothing was heard of them for several lease
    /// times, and it is the first of those that live.
    package func longDead(seenBy own: SessionID, at now: Duration) -> [SessionID] {
        guard isLoaded, sessions.keys.filter({ isLive($0, at: now) }).min() == own else {
            return []
        }
        return sessions.filter { now - $0.value.heard > lease * 4 }.map(\.key).sorted()
    }

    /// The live session that has the lane, and the revision of its record.
    package func holder(
        of lane: LaneID, at now: Duration
    ) -> (session: SessionID, worker: String, revision: UInt64)? {
        guard let held = lanes[lane], let holder = held.holder,
            let session = SessionID(holder.session), isLive(session, at: now)
        else { return nil }
        return (session, holder.worker, held.revision)
    }

    /// Whether it is certain whether the lane's holder lives: what lay there when the watch began
    /// may be dead since long ago.
    package func isCertain(of lane: LaneID, at now: Duration) -> Bool {
        guard isLoaded else { return false }
        guard let holder = holder(of: lane, at: now) else { return true }
        return sessions[holder.session]?.isRenewed == true
    }

    /// The revision of the lane's record; 0: there is none.
    package func revision(of lane: LaneID) -> UInt64 { lanes[lane]?.revision ?? 0 }

    /// What the session `own` is to do about the lanes that it can run.
    package func plan(for own: SessionID, at now: Duration) -> Plan {
        guard isLoaded, isLive(own, at: now) else { return Plan() }
        var wishes: [LaneID: Set<SessionID>] = [:]
        for (id, session) in sessions where isLive(id, at: now) {
            for lane in session.lanes { wishes[lane, default: []].insert(id) }
        }
        let holders = lanes.keys.reduce(into: [LaneID: SessionID]()) {
            $0[$1] = holder(of: $1, at: now)?.session
        }
        let assigned = LaneAssignment.assign(wishes, holders: holders)
        var plan = Plan()
        for (lane, session) in assigned {
            if session == own, holders[lane] == nil {
                plan.take[lane] = revision(of: lane)
            } else if session != own, holders[lane] == own {
                plan.leave.insert(lane)
            }
        }
        return plan
    }
}
