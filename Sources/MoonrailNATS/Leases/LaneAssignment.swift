import MoonrailCore

/// Which worker's session is to run which lane: spread evenly, and with few lanes that move. A pure
/// function, so that all who know the same come to the same.
package enum LaneAssignment {
    /// - Parameters:
    ///   - wishes: for each lane the sessions that can run it; lanes of none are left out.
    ///   - holders: who has a lane now; one that can't run it any more has no say.
    /// - Returns: a session for each lane. Of two that can run the same lanes none has more than
    ///   one lane more than the other, and no lane leaves a session that has not too many.
    package static func assign(
        _ wishes: [LaneID: Set<SessionID>], holders: [LaneID: SessionID]
    ) -> [LaneID: SessionID] {
        var sessions: [SessionID: [LaneID]] = [:]
        for session in wishes.values.joined() { sessions[session] = [] }
        var free: [LaneID] = []
        for lane in wishes.keys.sorted(by: comesFirst) {
            if let holder = holders[lane], wishes[lane]?.contains(holder) == true {
                sessions[holder]?.append(lane)
            } else if wishes[lane]?.isEmpty == false {
                free.append(lane)
            }
        }
        for lane in free {
            let least = wishes[lane]?.min { first, second in
                isBefore(first, second, sessions, lane)
            }
            if let least { sessions[least]?.append(lane) }
        }
        while let move = move(sessions, wishes) {
            sessions[move.from]?.removeAll { $0 == move.lane }
            sessions[move.to]?.append(move.lane)
        }
        var assigned: [LaneID: SessionID] = [:]
        for (session, lanes) in sessions {
            for lane in lanes { assigned[lane] = session }
        }
        return assigned
    }

    /// Whether the first of two sessions gets a free lane rather than the second: it has fewer.
    /// Where both have as many, the lane decides, so that the lanes of many functions don't all go
    /// to one.
    private static func isBefore(
        _ first: SessionID, _ second: SessionID, _ sessions: [SessionID: [LaneID]], _ lane: LaneID
    ) -> Bool {
        let counts = (sessions[first]?.count ?? 0, sessions[second]?.count ?? 0)
        if counts.0 != counts.1 { return counts.0 < counts.1 }
        return (first.mixed(with: lane), first) < (second.mixed(with: lane), second)
    }

    /// A lane that a session with too many has and one with at least two fewer can run; nil when
    /// there is none.
    private static func move(
        _ sessions: [SessionID: [LaneID]], _ wishes: [LaneID: Set<SessionID>]
    ) -> (lane: LaneID, from: SessionID, to: SessionID)? {
        let ordered = sessions.map { (session: $0.key, lanes: $0.value) }
            .sorted { ($0.lanes.count, $0.session) < ($1.lanes.count, $1.session) }
        for from in ordered.reversed() {
            for to in ordered where to.lanes.count + 2 <= from.lanes.count {
                let lane = from.lanes.filter { wishes[$0]?.contains(to.session) == true }
                    .min(by: comesFirst)
                if let lane { return (lane, from.session, to.session) }
            }
        }
        return nil
    }

    private static func comesFirst(_ first: LaneID, _ second: LaneID) -> Bool {
        (first.function, first.partition) < (second.function, second.partition)
    }
}
