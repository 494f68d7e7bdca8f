import MoonrailCore
import MoonrailNATS
import Testing

/// What a worker makes of what it hears of others.
@Suite struct LeaseTableTests {
    private static let (me, other) = (
        LaneAssignmentTests.sessions[0], LaneAssignmentTests.sessions[1]
    )
    private static let lanes = LaneAssignmentTests.lanes(2)

    /// Hears records one after another, each a revision further.
    private struct Listener {
        var table = LeaseTable(lease: .seconds(5))
        var revision: UInt64 = 0

        mutating func hear(_ record: LeaseRecord, at seconds: Double) {
            revision += 1
            table.take(
                record, revision: revision, at: .seconds(seconds), own: LeaseTableTests.me)
        }

        mutating func hear(_ session: SessionID, at seconds: Double) {
            hear(
                .session(
                    session,
                    SessionRecord(worker: "w", lanes: Set(LeaseTableTests.lanes))), at: seconds)
        }

        mutating func hear(_ lane: LaneID, of session: SessionID?, at seconds: Double) {
            let record = session.map { HolderRecord(session: $0, worker: "w") }
            hear(.lane(lane, record), at: seconds)
        }

        func plan(at seconds: Double) -> LeaseTable.Plan {
            table.plan(for: LeaseTableTests.me, at: .seconds(seconds))
        }
    }

    @Test func `nothing is taken before all that lay there is known`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        #expect(listener.plan(at: 0) == LeaseTable.Plan())
        listener.hear(Self.me, at: 0)
        #expect(listener.plan(at: 0) == LeaseTable.Plan(take: [Self.lanes[1]: 0]))
    }

    @Test func `a session that is silent for the lease time is dead, and its lanes are free`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.hear(Self.lanes[1], of: Self.other, at: 0)
        listener.hear(Self.me, at: 0)
        listener.hear(Self.other, at: 3)
        listener.hear(Self.me, at: 7.9)
        #expect(listener.plan(at: 7.9).take.isEmpty)
        #expect(
            listener.plan(at: 8) == LeaseTable.Plan(take: [Self.lanes[0]: 2, Self.lanes[1]: 3]))
    }

    @Test func `a session that ends in order frees its lanes at once`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.hear(Self.me, at: 0)
        listener.hear(Self.lanes[0], of: nil, at: 1)
        listener.hear(.ended(Self.other), at: 1)
        #expect(
            listener.plan(at: 1) == LeaseTable.Plan(take: [Self.lanes[0]: 4, Self.lanes[1]: 0]))
    }

    @Test func `who has too many is to leave some`() {
        var listener = Listener()
        listener.hear(Self.me, at: 0)
        listener.hear(Self.lanes[0], of: Self.me, at: 0)
        listener.hear(Self.lanes[1], of: Self.me, at: 0)
        #expect(listener.plan(at: 0) == LeaseTable.Plan())
        listener.hear(Self.other, at: 1)
        #expect(listener.plan(at: 1).leave.count == 1)
    }

    @Test func `a worker that is itself overdue plans nothing`() {
        var listener = Listener()
        listener.hear(Self.me, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.hear(Self.other, at: 0)
        #expect(listener.plan(at: 5) == LeaseTable.Plan())
    }

    @Test func `what a worker had as an earlier session is free for it at once`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.table.begin(after: Self.other)
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.hear(Self.me, at: 0)
        #expect(listener.plan(at: 0).take == [Self.lanes[0]: 4, Self.lanes[1]: 0])
    }

    @Test func `whether who lay there lives is certain once it is heard again, or is dead`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.lanes[0], of: Self.other, at: 0)
        listener.hear(Self.me, at: 0)
        let lane = Self.lanes[0]
        #expect(!listener.table.isCertain(of: lane, at: .seconds(1)))
        #expect(listener.table.isCertain(of: Self.lanes[1], at: .seconds(1)))
        #expect(listener.table.isCertain(of: lane, at: .seconds(5)))
        #expect(listener.table.holder(of: lane, at: .seconds(5)) == nil)
        listener.hear(Self.other, at: 2)
        #expect(listener.table.isCertain(of: lane, at: .seconds(2)))
        #expect(listener.table.holder(of: lane, at: .seconds(2))?.worker == "w")
    }

    @Test func `an older record changes nothing`() {
        var table = LeaseTable(lease: .seconds(5))
        let lane = Self.lanes[0]
        table.take(
            .lane(lane, HolderRecord(session: Self.me, worker: "w")), revision: 7, at: .zero,
            own: nil)
        table.take(.lane(lane, nil), revision: 6, at: .zero, own: nil)
        #expect(table.revision(of: lane) == 7)
        #expect(!table.isElsewhere(lane, than: Self.me))
        #expect(table.isElsewhere(lane, than: Self.other))
    }

    @Test func `the first of the living removes sessions that are long dead`() {
        var listener = Listener()
        listener.hear(Self.other, at: 0)
        listener.hear(Self.me, at: 21)
        #expect(
            listener.table.longDead(seenBy: Self.me, at: .seconds(21)) == [Self.other])
        let third = LaneAssignmentTests.sessions[2]
        #expect(listener.table.longDead(seenBy: third, at: .seconds(21)).isEmpty)
    }

    @Test func `records survive the way through the bucket`() throws {
        let record = SessionRecord(worker: "a-1", lanes: Set(Self.lanes))
        #expect(
            LeaseRecord(key: LeaseRecord.key(Self.me), value: record.encoded)
                == .session(Self.me, record))
        #expect(record.laneIDs == Set(Self.lanes))
        let lane = LaneID(function: "orders.paid", partition: 11)
        let holder = HolderRecord(session: Self.me, worker: "a-1")
        #expect(LeaseRecord.key(lane) == "lane.orders.paid.11")
        #expect(
            LeaseRecord(key: LeaseRecord.key(lane), value: holder.encoded) == .lane(lane, holder))
        #expect(LeaseRecord(key: LeaseRecord.key(Self.me), value: nil) == .ended(Self.me))
        #expect(LeaseRecord(key: "other", value: []) == nil)
    }
}
