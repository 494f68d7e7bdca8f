import MoonrailCore

/// What a worker has seen of the bucket of leases, and what follows from it. A pure value.
///
/// Every worker computes the same from the same records. While they differ two may want one lane:
/// then the broker's order decides whose record stands, and the lane's log who may settle.
package struct LeaseTable: Sendable {
    /// A worker's record of itself, which it writes again before the lease time is over.
    package struct Session: Hashable, Sendable {
        var name: String
        /// Lanes that it can run.
        var wants: Set<LaneID>
        /// When it was seen to be written last, by this worker's own clock.
        var seen: ContinuousClock.Instant
    }

    /// A lane's record.
    package struct Lease: Hashable, Sendable {
        var session: String
        /// The record's sequence number in the bucket: grows with each lease.
        var revision: UInt64
    }

    /// How long a session that is not written again counts as alive.
    let leaseTime: Duration
    private(set) var sessions: [String: Session] = [:]
    private(set) var leases: [LaneID: Lease] = [:]
    /// The last revision of each lane's record, also of one that was removed.
    private(set) var revisions: [LaneID: UInt64] = [:]

    package init(leaseTime: Duration) {
        self.leaseTime = leaseTime
    }

    /// Takes in a session's record; nil: it was removed.
    package mutating func saw(
        session: String, _ record: LeaseRecords.Session?, at now: ContinuousClock.Instant
    ) {
        sessions[session] = record.map {
            Session(name: $0.name, wants: Set($0.wants.compactMap(LaneID.init(text:))), seen: now)
        }
    }

    /// Takes in a lane's record; nil: it was removed.
    package mutating func saw(lane: LaneID, _ record: LeaseRecords.Lane?, revision: UInt64) {
        revisions[lane] = revision
        leases[lane] = record.map { Lease(session: $0.session, revision: revision) }
    }

    /// Whether a worker was heard of within the lease time.
    package func isAlive(_ session: String, at now: ContinuousClock.Instant) -> Bool {
        sessions[session].map { now - $0.seen < leaseTime } ?? false
    }

    /// The live session that has the lane; nil: nobody.
    func holder(of lane: LaneID, at now: ContinuousClock.Instant) -> String? {
        leases[lane].flatMap { isAlive($0.session, at: now) ? $0.session : nil }
    }

    /// Which live session is to have each lane that one wants: evenly, and as it is where that is
    /// even.
    package func assignment(at now: ContinuousClock.Instant) -> [LaneID: String] {
        let alive = sessions.filter { isAlive($0.key, at: now) }
        var candidates: [LaneID: [String]] = [:]
        for (session, record) in alive {
            for lane in record.wants { candidates[lane, default: []].append(session) }
        }
        var assigned: [LaneID: String] = [:]
        var lanes: [String: Set<LaneID>] = alive.mapValues { _ in [] }
        for (lane, sessions) in candidates {
            guard let holder = holder(of: lane, at: now), sessions.contains(holder) else {
                continue
            }
            assigned[lane] = holder
            lanes[holder]?.insert(lane)
        }
        func count(_ session: String) -> Int { lanes[session]?.count ?? 0 }
        for lane in candidates.keys.sorted(by: LaneID.isBefore) where assigned[lane] == nil {
            let session = candidates[lane]?.min { (count($0), $0) < (count($1), $1) }
            guard let session else { continue }
            assigned[lane] = session
            lanes[session]?.insert(lane)
        }
        while let (lane, from, to) = Self.move(lanes, candidates) {
            assigned[lane] = to
            lanes[from]?.remove(lane)
            lanes[to]?.insert(lane)
        }
        return assigned
    }

    /// A lane whose move from the session with the most lanes to one with the fewest makes both
    /// more even; nil when there is none.
    private static func move(
        _ lanes: [String: Set<LaneID>], _ candidates: [LaneID: [String]]
    ) -> (lane: LaneID, from: String, to: String)? {
        let order = lanes.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
        for (to, few) in order {
            for (from, many) in order.reversed() where many.count > few.count + 1 {
                let movable = many.filter { candidates[$0]?.contains(to) == true }
                if let lane = movable.min(by: LaneID.isBefore) { return (lane, from, to) }
            }
        }
        return nil
    }
}

extension LaneID {
    static func isBefore(_ left: LaneID, _ right: LaneID) -> Bool {
        (left.function, left.partition) < (right.function, right.partition)
    }

    /// Out of its description, `function/partition`.
    init?(text: String) {
        guard let slash = text.lastIndex(of: "/"),
            let partition = UInt32(text[text.index(after: slash)...]),
            let function = try? FunctionName(String(text[..<slash]))
        else { return nil }
        self.init(function: function, partition: partition)
    }
}
