import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

struct LeaseTableTests {
    private let start = ContinuousClock.now
    private static let lanes = (0..<40).map { LaneID(function: "f", partition: $0) }

    @Test func `after random comings, goings and leases all lanes are spread evenly`() throws {
        var random = SeededGenerator.printed(for: "leases")
        for _ in 0..<200 {
            var table = LeaseTable(leaseTime: .seconds(5))
            let wanted = Array(Self.lanes.prefix(random.number(1...40)))
            let sessions = (0..<random.number(1...6)).map { "s\($0)" }
            for session in sessions {
                // Some have died since.
                let seen = random.once(in: 4) ? start - .seconds(9) : start
                table.saw(
                    session: session, .init(name: session, wants: wanted.map(\.description)),
                    at: seen)
            }
            for lane in wanted where random.once(in: 2) {
                table.saw(
                    lane: lane, .init(session: sessions[random.number(0...sessions.count - 1)]),
                    revision: 1)
            }
            let alive = sessions.filter { table.isAlive($0, at: start) }
            let assigned = table.assignment(at: start)
            #expect(assigned == table.assignment(at: start))
            guard !alive.isEmpty else {
                #expect(assigned.isEmpty)
                continue
            }
            #expect(Set(assigned.keys) == Set(wanted))
            let counts = alive.map { session in assigned.values.count { $0 == session } }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
    }

    @Test func `a lane goes only to a worker that can run it`() {
        var table = LeaseTable(leaseTime: .seconds(5))
        table.saw(session: "a", .init(name: "a", wants: ["f/0", "f/1"]), at: start)
        table.saw(session: "b", .init(name: "b", wants: ["g/0"]), at: start)
        #expect(
            table.assignment(at: start) == [
                LaneID(function: "f", partition: 0): "a",
                LaneID(function: "f", partition: 1): "a",
                LaneID(function: "g", partition: 0): "b",
            ])
        #expect(table.assignment(at: start + .seconds(5)).isEmpty)
    }

    @Test func `who comes gets its share, and no other lane moves`() {
        var table = LeaseTable(leaseTime: .seconds(5))
        let names = Self.lanes.map(\.description)
        for session in ["a", "b"] {
            table.saw(session: session, .init(name: session, wants: names), at: start)
        }
        let before = table.assignment(at: start)
        for (lane, session) in before {
            table.saw(lane: lane, .init(session: session), revision: 1)
        }
        table.saw(session: "c", .init(name: "c", wants: names), at: start)
        let after = table.assignment(at: start)
        #expect(after.values.count { $0 == "c" } == 13)
        #expect(Self.lanes.count { before[$0] != after[$0] } == 13)
    }
}
