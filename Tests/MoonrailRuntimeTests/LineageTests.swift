import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Where events come from and what comes of them, over a real store and real hosts.
@Suite struct LineageTests {
    private static let asker = Asker(name: "uid 7", because: "a test")
    private static let eager = Housekeeping(hotChunks: 1, hotAge: .zero)

    /// A chain of three functions, and one that reads the dead letters of the first.
    private static let chain = [
        "split": """
        return {
          from = "orders", to = { "lines", "alarms" }, batch = 16,
          handler = function(event, context)
            local order = event.data
            if order.bad then error("bad order") end
            for number = 1, order.lines do
              local item = "item-" .. (order.n + number) % 23
              context.emit({ number = number }, { to = "lines", key = item })
            end
            if order.alarm then context.emit({ n = order.n }, { to = "alarms" }) end
          end,
        }
        """,
        "count": """
        return {
          from = "lines", to = "totals", batch = 16, state = { initial = { n = 0 } },
          handler = function(event, context)
            if event.data.number == 4 then return context.reject("four") end
            context.state.n = context.state.n + 1
            if context.state.n % 2 == 0 then return { total = context.state.n } end
          end,
        }
        """,
        "audit": """
        return {
          from = "totals", to = "audits", batch = 16,
          handler = function(event) return { seen = event.data.total } end,
        }
        """,
        "mourn": """
        return {
          from = "dead.split", to = "mourning",
          handler = function(event) return { lost = event.id } end,
        }
        """,
    ]

    private static func lineage(_ line: TestLine) -> Lineage {
        Lineage(engine: line.engine, deadLetters: line.deadLetters)
    }

    private static func place(
        _ station: StationName, _ partition: UInt32, _ offset: UInt64
    ) -> StationCursor {
        StationCursor(station: station, partition: partition, offset: offset)
    }

    /// What each event was caused by, from a look at every event there is.
    private struct WholeStore {
        var causes: [StationCursor: StationCursor?] = [:]
        private var effects: [StationCursor: Set<StationCursor>] = [:]

        init(_ engine: EmbeddedEngine) async throws {
            for station in try await engine.stations() where !station.name.isReserved {
                for partition in 0..<station.settings.partitions {
                    let events = try await engine.readAll(station.name, partition: partition)
                    for number in 0..<events.count {
                        let own = place(station.name, partition, events.offsets[number])
                        let cause = events.cause(number).flatMap {
                            // What a reset gives back to a key names a place, and no cause.
                            $0.emission == StateValue.restoredEmission
                                ? nil : place($0.origin.station, $0.origin.partition, $0.offset)
                        }
                        causes[own] = .some(cause)
                        if let cause { effects[cause, default: []].insert(own) }
                    }
                }
            }
        }

        func chain(to place: StationCursor) -> [StationCursor] {
            guard let cause = causes[place] ?? nil else { return [] }
            return chain(to: cause) + [cause]
        }

        func closure(of place: StationCursor) -> Set<StationCursor> {
            (effects[place] ?? []).reduce(into: []) { $0.formUnion(closure(of: $1).union([$1])) }
        }
    }

    private static func effects(of event: TracedEvent) -> [StationCursor] {
        event.runs.flatMap(\.events).flatMap { [$0.place] + effects(of: $0) }
    }

    @Test func `traces are what a look at every event there is tells`() async throws {
        var random = SeededGenerator.printed()
        try await TestLine.with(Self.chain) { line in
            for (station, partitions): (StationName, UInt32) in [
                ("orders", 3), ("lines", 4), ("totals", 2),
            ] {
                try await line.engine.open(
                    station, settings: StationSettings(partitions: partitions))
            }
            var number = 0
            for round in 0..<6 {
                let orders = (0..<random.number(20...60)).map { _ in
                    number += 1
                    let extra = random.once(in: 8) ? #","bad":true"# : #","alarm":true"#
                    let count = random.number(0...5)
                    return (
                        key: "order-\(random.number(0...30))",
                        payload: #"{"n":\#(number),"lines":\#(count)\#(extra)}"#
                    )
                }
                try await line.produce("orders", keyed: orders)
                try await line.runUntilIdle()
                if round == 3 {
                    let split = try #require(Self.chain["split"])
                    try line.write("split", split.replacing("if order.bad", with: "if order.odd"))
                    _ = try await line.deadLetters.fulfil(.init(.retry, .all), of: "split")
                }
                if round == 1 { try await ReplayTests.reset(line, "split", to: .earliest, .append) }
                if round == 2 { try await ReplayTests.reset(line, "count", to: .last(40), .append) }
                if round == 4 {
                    _ = try await line.engine.tidy(Self.eager)
                    try await ReplayTests.reset(line, "audit", to: .earliest, .fill)
                }
            }
            let whole = try await WholeStore(line.engine)
            for place in whole.causes.keys.shuffled(using: &random).prefix(300) {
                let trace = try await Self.lineage(line).trace(place, limit: 1_000)
                #expect(trace.missing == [])
                #expect(trace.causes.map(\.place) == whole.chain(to: place))
                let isRestored = trace.event.kind == .restored
                #expect((trace.causesEnd == nil) != isRestored)
                let effects = Self.effects(of: trace.event)
                #expect(Set(effects) == whole.closure(of: place), "\(place.text)")
                #expect(effects.count == Set(effects).count)
            }
        }
    }

    @Test func `a dead letter is told with what became of it, and what it came to later`()
        async throws
    {
        try await TestLine.with(Self.chain) { line in
            try await line.produce("orders", [#"{"n":1,"lines":2,"bad":true}"#])
            try await line.runUntilIdle()
            let order = Self.place("orders", 0, 0)
            let before = try await Self.lineage(line).trace(order, limit: 1_000)
            #expect(before.event.runs.map(\.outcome) == [.letter])
            let letter = try #require(before.event.runs.first?.events.first)
            #expect(letter.letter?.reason == "raised" && letter.letter?.status == .pending)
            #expect(letter.runs.map(\.lane.function) == ["mourn"])

            let split = try #require(Self.chain["split"])
            try line.write("split", split.replacing("if order.bad", with: "if order.odd"))
            _ = try await line.deadLetters.fulfil(.init(.retry, .all), of: "split")
            try await line.runUntilIdle()
            let after = try await Self.lineage(line).trace(order, limit: 1_000)
            #expect(after.event.runs.map(\.outcome) == [.letter, .resent])
            #expect(after.event.runs.first?.events.first?.letter?.status == .resent)
            let lines = try #require(after.event.runs.last?.events)
            #expect(lines.map(\.place.text) == ["lines/0/0", "lines/0/1"])
            #expect(after.event.runs.first?.version != after.event.runs.last?.version)
            let asked = try await Self.lineage(line).trace(
                Self.place("dead.split", 0, 0), limit: 1_000)
            #expect(asked.event.letter?.followUps.count == 1)
            #expect(asked.causes.map(\.place) == [order])
        }
    }

    @Test func `what was not taken yet, never taken, or came to nothing is told apart`()
        async throws
    {
        let silent = #"return { from = "a", to = "b", handler = function() end }"#
        let late = """
            return { from = "a", to = "b", start = "latest", handler = function() end }
            """
        try await TestLine.with(["silent": silent]) { line in
            try await line.produce("a", ["{}"])
            try await line.runUntilIdle()
            try line.write("late", late)
            try await line.runUntilIdle()
            try await line.produce("a", ["{}"])
            let old = try await Self.lineage(line).trace(Self.place("a", 0, 0), limit: 10)
            #expect(old.event.runs.map(\.outcome) == [.passed, .nothing])
            let new = try await Self.lineage(line).trace(Self.place("a", 0, 1), limit: 10)
            #expect(new.event.runs.map(\.outcome) == [.waiting, .waiting])
            #expect(new.event.maker == nil && new.causes.isEmpty && new.missing.isEmpty)

            try await line.runUntilIdle()
            let bounded = Lineage(
                engine: line.engine, deadLetters: line.deadLetters, journalRecords: 0)
            let unknown = try await bounded.trace(Self.place("a", 0, 0), limit: 10)
            #expect(unknown.event.runs.map(\.outcome) == [.nothing], "found by halving")
            #expect(
                unknown.missing == ["the journal of lane late/0 is too long to be read as a whole"])
        }
    }

    @Test func `a trace goes over a rename, also through the function's own stations`()
        async throws
    {
        try await TestLine.with(Self.chain) { line in
            try await line.produce("orders", [#"{"n":1,"lines":1,"bad":true}"#])
            try await line.runUntilIdle()
            _ = try await line.idleDeployments.perform(
                .rename(to: "cut"), on: "split", for: Self.asker)
            let trace = try await Self.lineage(line).trace(Self.place("orders", 0, 0), limit: 10)
            let letter = try #require(trace.event.runs.first?.events.first)
            #expect(trace.event.runs.map(\.lane.function) == ["cut"])
            #expect(letter.place.text == "dead.cut/0/0" && letter.maker?.function == "split")
            #expect(letter.runs.first?.events.map(\.place.text) == ["mourning/0/0"])
            let back = try await Self.lineage(line).trace(Self.place("mourning", 0, 0), limit: 10)
            #expect(back.causes.map(\.place.text) == ["orders/0/0", "dead.cut/0/0"])
        }
    }

    @Test func `a long answer is cut where it was asked to, and says so`() async throws {
        try await TestLine.with(Self.chain) { line in
            try await line.produce("orders", [#"{"n":1,"lines":3,"alarm":true}"#])
            try await line.runUntilIdle()
            let trace = try await Self.lineage(line).trace(Self.place("orders", 0, 0), limit: 3)
            #expect(Self.effects(of: trace.event).count == 2)
            #expect(trace.missing.count == 1)
            #expect(trace.missing.first?.hasPrefix("more came of it") == true)
            let last = try await Self.lineage(line).trace(
                Self.place("state.count", 0, 0), limit: 2)
            #expect(last.causes.map(\.place.text) == ["lines/0/0"])
            #expect(last.causesEnd == "only the last 1 of its causes are told")
        }
    }

    @Test func `what retention has removed, or was deleted, is said to be missing`() async throws {
        try await TestLine.with(Self.chain) { line in
            try await line.produce("orders", [#"{"n":1,"lines":1}"#])
            try await line.runUntilIdle()
            try await line.engine.alter(
                "lines", settings: StationSettings(retention: Retention(events: 1)))
            try await line.produce("orders", [#"{"n":2,"lines":1}"#])
            try await line.runUntilIdle()
            _ = try await line.engine.tidy(Self.eager)
            let lineage = Self.lineage(line)
            let order = try await lineage.trace(Self.place("orders", 0, 0), limit: 10)
            #expect(Self.effects(of: order.event).isEmpty)
            #expect(order.missing == ["retention has removed what lines/0 held before offset 1"])
            let total = try await lineage.trace(Self.place("state.count", 0, 0), limit: 10)
            #expect(total.causesEnd == "the cause lines/0/0 is no longer held")
            await #expect(throws: EventNotHeld.self) {
                try await lineage.trace(Self.place("lines", 0, 0), limit: 10)
            }
            try await line.engine.delete("orders")
            try await line.produce("orders", [#"{"n":3,"lines":1}"#, #"{"n":4,"lines":1}"#])
            let orphan = try await lineage.trace(Self.place("lines", 0, 1), limit: 10)
            #expect(
                orphan.causesEnd
                    == "the cause orders/0/1 is gone: station 'orders' was made anew")
            let new = try await lineage.trace(Self.place("orders", 0, 1), limit: 10)
            #expect(new.event.runs.map(\.outcome) == [.waiting])
            try await line.whileRunning { _ in try await line.waitForPayloads("lines", count: 3) }
            for offset: UInt64 in 0...1 {
                let taken = try await lineage.trace(Self.place("orders", 0, offset), limit: 10)
                #expect(taken.event.runs.map(\.outcome) == [.effects])
                let effects = Self.effects(of: taken.event).map(\.text)
                #expect(effects.first == "lines/0/\(offset + 2)")
            }
        }
    }
}

extension LineageTests {
    /// What a trace costs in stations of a million events, of each of two functions in a row:
    /// `MOONRAIL_LONG=1 swift test -c release --disable-testable-imports --filter "what a trace"`
    @Test(.enabled(if: ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil))
    func `what a trace costs among a million events`() async throws {
        let copy = { (from: String, to: String) in
            """
            return { from = "\(from)", to = "\(to)", handler = function(event)
              return event.data
            end }
            """
        }
        try await TestLine.with(["first": copy("a", "b"), "second": copy("b", "c")]) { line in
            for station: StationName in ["a", "b", "c"] {
                try await line.engine.open(station, settings: StationSettings(partitions: 4))
            }
            let count = 1_000_000
            for start in stride(from: 0, to: count, by: 10_000) {
                let events = (start..<start + 10_000).map {
                    (key: "k\($0)", payload: #"{"n":\#($0),"text":"some more bytes of text"}"#)
                }
                try await line.produce("a", keyed: events)
            }
            try await line.runUntilIdle()
            var random = SeededGenerator.printed()
            var times: [Duration] = []
            for _ in 0..<100 {
                let partition = UInt32(random.number(0...3))
                let next = try await line.engine.describe("a").partitions[Int(partition)].next
                let offset = UInt64(random.number(0...Int(next) - 1))
                let start = ContinuousClock.now
                let trace = try await Self.lineage(line).trace(
                    Self.place("a", partition, offset), limit: 1_000)
                times.append(ContinuousClock.now - start)
                #expect(Self.effects(of: trace.event).count == 2)
            }
            times.sort()
            print("trace of 3 among \(count): median \(times[50]), largest \(times[99])")
        }
    }
}
