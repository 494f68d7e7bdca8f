import MoonrailCore
import MoonrailTestSupport
import Testing

/// Three functions in a row: what causation and correlation say at each hop.
struct EmissionChainTests {
    /// Runs one event through `hops` functions and answers with the event after each.
    private func chain(_ first: Event, hops: Int = 3) throws -> [StoredEvents] {
        var events = StoredEvents("s0", from: 7, [first])
        var seen = [events]
        for hop in 1...hops {
            let output = try StationName("s\(hop)")
            var lane = ScriptedLane(try FunctionName("f\(hop)"), outputs: [output])
            let settlement = try lane.settle([events], [.emits("after \(hop)")])
            events = StoredEvents(reading: settlement.appends[0], from: UInt64(hop * 10))
            seen.append(events)
        }
        return seen
    }

    @Test func `a chain from an event with an id carries that id as its correlation`() throws {
        let seen = try chain(Event("start", id: "order-1"))
        let causes = seen.map { $0.cause(0) }
        #expect(causes[0] == nil)
        #expect(causes[1]?.causationID == .text("order-1"))
        #expect(causes[1]?.correlationID == nil, "it equals the causation")
        for hop in 2...3 {
            #expect(causes[hop]?.causationID == seen[hop - 1].records.ids[0])
            #expect(causes[hop]?.correlationID == .text("order-1"))
        }
        #expect(causes.map { $0?.origin.function.text } == [nil, "f1", "f2", "f3"])
        #expect(causes.map { $0?.origin.station.text } == [nil, "s0", "s1", "s2"])
        #expect(causes.map { $0?.offset } == [nil, 7, 10, 20])
        #expect(causes.map { $0?.emission } == [nil, 0, 0, 0])
    }

    @Test func `a chain from an event without an id carries its place as its correlation`() throws {
        let seen = try chain(Event("start"))
        let causes = seen.map { $0.cause(0) }
        #expect(causes[1]?.causationID == nil, "its place names it")
        #expect(causes[1]?.correlationID == nil, "it equals the causation")
        for hop in 2...3 {
            #expect(causes[hop]?.causationID == seen[hop - 1].records.ids[0])
            #expect(causes[hop]?.correlationID == .text("s0/0/7"))
        }
        #expect(causes[2]?.causationID?.isDerived == true)
    }

    @Test func `a place with the longest names still fits`() throws {
        let longest = try StationName(String(repeating: "s", count: Bounds.stationNameBytes))
        var lane = ScriptedLane("f1", outputs: ["middle"])
        let events = StoredEvents(longest, partition: 1_023, from: UInt64(Int64.max), [Event("x")])
        let first = try lane.settle([events], [.emits("y")])
        var next = ScriptedLane("f2", outputs: ["end"])
        let second = try next.settle([StoredEvents(reading: first.appends[0])], [.emits("z")])
        #expect(
            StoredEvents(reading: second.appends[0]).cause(0)?.correlationID
                == .text("\(longest)/1023/9223372036854775807"))
    }

    @Test func `a producer's correlation id is carried along the chain`() throws {
        var start = Event("start", id: "order-1")
        start.headers = [.init("a", "b"), .init("correlationid", "cart-9")]
        let seen = try chain(start)
        for hop in 1...3 { #expect(seen[hop].cause(0)?.correlationID == .text("cart-9")) }
        #expect(seen[1].cause(0)?.causationID == .text("order-1"))
    }

    @Test func `a producer's correlation id that is too long is left alone`() throws {
        var start = Event("start", id: "order-1")
        start.headers = [.init("correlationid", String(repeating: "c", count: 129))]
        let seen = try chain(start)
        #expect(seen[1].cause(0)?.correlationID == nil)
        #expect(seen[2].cause(0)?.correlationID == .text("order-1"))
    }

    @Test func `the emissions of a dead letter know the event that started it all`() throws {
        var failing = ScriptedLane("f1")
        let fault = FunctionFault(kind: .raised, message: "why")
        let settlement = try failing.settle(
            [StoredEvents("s0", from: 7, [Event("x")])], [.fails(fault)])
        let letter = StoredEvents(reading: settlement.appends[0], from: 3)
        var mending = ScriptedLane("f2", outputs: ["mended"])
        let mended = try mending.settle([letter], [.emits("y")])
        let cause = try #require(StoredEvents(reading: mended.appends[0]).cause(0))
        #expect(cause.causationID == letter.records.ids[0])
        #expect(cause.correlationID == .text("s0/0/7"))
    }
}
