import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

/// Which session is to run which lane.
@Suite struct LaneAssignmentTests {
    static let sessions = "01234567".compactMap { SessionID(String(repeating: $0, count: 32)) }

    static func lanes(_ count: Int, of function: FunctionName = "f") -> [LaneID] {
        (0..<UInt32(count)).map { LaneID(function: function, partition: $0) }
    }

    private static func counts(_ assigned: [LaneID: SessionID]) -> [SessionID: Int] {
        assigned.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// The same wish of all sessions for all lanes.
    private static func wishes(
        _ lanes: [LaneID], _ sessions: some Sequence<SessionID>
    ) -> [LaneID: Set<SessionID>] {
        Dictionary(uniqueKeysWithValues: lanes.map { ($0, Set(sessions)) })
    }

    @Test(arguments: [
        (lanes: 1, sessions: 3, counts: [0, 0, 1]), (lanes: 3, sessions: 3, counts: [1, 1, 1]),
        (lanes: 4, sessions: 3, counts: [1, 1, 2]), (lanes: 10, sessions: 4, counts: [2, 2, 3, 3]),
        (lanes: 5, sessions: 1, counts: [5]),
        (lanes: 100, sessions: 8, counts: [12, 12, 12, 12, 13, 13, 13, 13]),
    ])
    func `lanes are spread evenly`(lanes: Int, sessions: Int, counts: [Int]) {
        let used = Self.sessions.prefix(sessions)
        let assigned = LaneAssignment.assign(
            Self.wishes(Self.lanes(lanes), used), holders: [:])
        let found = Self.counts(assigned)
        #expect(used.map { found[$0] ?? 0 }.sorted() == counts)
    }

    @Test func `single lanes of many functions don't all go to one session`() {
        let lanes = (0..<40).flatMap { number in
            Self.lanes(1, of: FunctionName(stringLiteral: "f\(number)"))
        }
        let assigned = LaneAssignment.assign(
            Self.wishes(lanes, Self.sessions.prefix(4)), holders: [:])
        #expect(Self.counts(assigned).values.sorted() == [10, 10, 10, 10])
    }

    @Test func `a session that comes takes only what it is to have, and from who has most`() {
        let lanes = Self.lanes(12)
        let before = LaneAssignment.assign(
            Self.wishes(lanes, Self.sessions.prefix(3)), holders: [:])
        let after = LaneAssignment.assign(
            Self.wishes(lanes, Self.sessions.prefix(4)), holders: before)
        let moved = lanes.filter { before[$0] != after[$0] }
        #expect(moved.count == 3)
        #expect(moved.allSatisfy { after[$0] == Self.sessions[3] })
    }

    @Test func `of a session that goes only its own lanes move`() {
        let lanes = Self.lanes(12)
        let before = LaneAssignment.assign(
            Self.wishes(lanes, Self.sessions.prefix(4)), holders: [:])
        let left = Self.sessions.prefix(3)
        let after = LaneAssignment.assign(Self.wishes(lanes, left), holders: before)
        #expect(Self.counts(after).values.sorted() == [4, 4, 4])
        for lane in lanes where before[lane] != Self.sessions[3] {
            #expect(after[lane] == before[lane])
        }
    }

    @Test func `a lane goes to nobody who can't run it`() {
        let (one, two) = (Self.sessions[0], Self.sessions[1])
        var wishes = Self.wishes(Self.lanes(4), [one])
        let other = LaneID(function: "g", partition: 0)
        wishes[other] = [one, two]
        wishes[LaneID(function: "h", partition: 0)] = []
        let assigned = LaneAssignment.assign(wishes, holders: [other: one])
        #expect(assigned.count == 5)
        #expect(assigned[other] == two)
        #expect(Self.counts(assigned) == [one: 4, two: 1])
    }

    @Test func `whatever comes and goes, all are served, none too much, and nothing moves twice`() {
        var random = SeededGenerator.printed()
        for _ in 0..<300 {
            let lanes = (0..<random.number(1...5)).flatMap { function in
                Self.lanes(
                    random.number(1...12), of: FunctionName(stringLiteral: "f\(function)"))
            }
            var wishes: [LaneID: Set<SessionID>] = [:]
            var holders: [LaneID: SessionID] = [:]
            for lane in lanes {
                for session in Self.sessions where random.once(in: 2) {
                    wishes[lane, default: []].insert(session)
                }
                holders[lane] =
                    random.once(in: 2)
                    ? Self.sessions[random.number(0...Self.sessions.count - 1)] : nil
            }
            let assigned = LaneAssignment.assign(wishes, holders: holders)
            #expect(Set(assigned.keys) == Set(wishes.keys))
            let counts = Self.counts(assigned)
            for (lane, session) in assigned {
                #expect(wishes[lane]?.contains(session) == true)
                for other in wishes[lane] ?? [] {
                    #expect((counts[other] ?? 0) + 2 > counts[session] ?? 0)
                }
            }
            // What is so stays so.
            #expect(LaneAssignment.assign(wishes, holders: assigned) == assigned)
        }
    }
}
