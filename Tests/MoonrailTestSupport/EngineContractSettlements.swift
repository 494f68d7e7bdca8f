import MoonrailCore
import Testing

/// A lane over the station `in`, which holds 20 events, with the outputs `out` and `dead.f`.
private struct Claimed {
    let engine: any StationEngine
    let lane = LaneID(function: "f", partition: 0)
    let claim: LaneClaim
    let from: UInt64

    init(_ bench: EngineBench) async throws {
        engine = bench.engine
        for name: StationName in ["in", "out", "dead.f"] {
            _ = try await engine.open(name, settings: nil)
        }
        try await engine.append(texts: (0..<20).map(String.init), to: "in")
        claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
        from = claim.position["in"]
    }

    /// A settlement of `count` events from number `first` on, which appends `events` to `out`.
    func settlement(
        _ first: UInt64, _ count: UInt64, _ events: [Event] = [], causes: [Int]? = nil
    ) -> Settlement {
        claim.settlement(
            of: "in", from: from + first, to: from + first + count,
            appends: events.isEmpty ? [] : [StationAppend("out", events, causes: causes)])
    }

    func refusal(_ settlements: [Settlement]) async -> EngineError? {
        await engineError { () async throws(EngineError) in try await engine.settle(settlements) }
    }

    /// Whether the lane stands as far as `settled` events, with nothing written beside `texts`.
    func expect(settled: UInt64, out texts: [String]) async throws {
        let summary = try await engine.lanes()[0]
        #expect(summary.position == Position(["in": from + settled]))
        #expect(summary.counts.processed == settled)
        #expect(summary.lag == 20 - settled)
        #expect(try await engine.readAll("out").texts == texts)
    }
}

extension EngineContract {
    static let settlementCases = [
        EngineCase("a settlement writes outputs, position, counts and journal") { bench in
            let lane = try await Claimed(bench)
            var settlement = lane.settlement(0, 3, [Event("a"), Event("b")])
            settlement.appends.append(StationAppend("dead.f", [Event("2")], causes: [2]))
            settlement.counts.dropped = 1
            settlement.counts.deadLetters = 1
            settlement.counts.emitted = 2
            settlement.journal.verdicts = [
                .init(station: "in", offset: lane.from + 2, kind: .timeLimit)
            ]
            try await lane.engine.settle([settlement])
            try await lane.expect(settled: 3, out: ["a", "b"])
            #expect(try await lane.engine.readAll("dead.f").texts == ["2"])
            #expect(try await lane.engine.lanes()[0].counts == settlement.counts)
            let journal = try await lane.engine.journal(of: lane.lane, from: 0, limit: 10)
            #expect(journal.map(\.withoutTimes) == [settlement.journal])
        },
        EngineCase("settlements of one call follow each other") { bench in
            let lane = try await Claimed(bench)
            let settlements = (0..<4).map { number in
                lane.settlement(UInt64(number) * 2, 2, [Event("\(number)")])
            }
            try await lane.engine.settle(settlements)
            try await lane.expect(settled: 8, out: ["0", "1", "2", "3"])
            let journal = try await lane.engine.journal(of: lane.lane, from: 0, limit: 10)
            #expect(journal.map(\.withoutTimes) == settlements.map(\.journal))
            try await lane.engine.settle([lane.settlement(8, 1)])
            try await lane.expect(settled: 9, out: ["0", "1", "2", "3"])
        },
        EngineCase("settling nothing does nothing") { bench in
            let lane = try await Claimed(bench)
            try await lane.engine.settle([])
            try await lane.expect(settled: 0, out: [])
        },
        EngineCase(
            "a settlement from where the lane does not stand is refused",
            needs: [
                .oneTransaction
            ]
        ) { bench in
            let lane = try await Claimed(bench)
            let good = lane.settlement(0, 2, [Event("a")])
            try await lane.engine.settle([good])
            for wrong in [
                [good], [lane.settlement(1, 1, [Event("b")])],
                [lane.settlement(5, 1, [Event("b")])],
                [lane.settlement(2, 2, [Event("b")]), lane.settlement(5, 1, [Event("c")])],
                [lane.settlement(2, 2, [Event("b")]), lane.settlement(2, 2, [Event("b")])],
            ] {
                #expect(await lane.refusal(wrong) == .claimLost(lane.lane))
                try await lane.expect(settled: 2, out: ["a"])
            }
            #expect(try await lane.engine.journal(of: lane.lane, from: 0, limit: 10).count == 1)
        },
        EngineCase(
            "a settlement with an output that is missing is refused whole",
            needs: [
                .oneTransaction
            ]
        ) { bench in
            let lane = try await Claimed(bench)
            var settlement = lane.settlement(1, 1, [Event("a")])
            settlement.appends.append(StationAppend("nowhere", [Event("b")]))
            #expect(
                await lane.refusal([lane.settlement(0, 1, [Event("c")]), settlement])
                    == .stationNotFound("nowhere"))
            try await lane.expect(settled: 0, out: [])
        },
        EngineCase("settlements of many lanes at once are all written") { bench in
            let engine = bench.engine
            let lanes: UInt32 = 40
            for name: StationName in ["in", "out"] {
                _ = try await engine.open(name, settings: StationSettings(partitions: lanes))
            }
            for partition in 0..<lanes {
                try await engine.append(
                    texts: (0..<10).map(String.init), to: "in", unkeyedPartition: partition)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for partition in 0..<lanes {
                    group.addTask {
                        let claim = try await engine.claim(
                            LaneID(function: "f", partition: partition), inputs: ["in"],
                            start: .earliest)
                        let from = claim.position["in"]
                        for number: UInt64 in 0..<10 {
                            var append = StationAppend("out", [Event("\(number)")])
                            append.unkeyedPartition = partition
                            try await engine.settle([
                                claim.settlement(
                                    of: "in", from: from + number, to: from + number + 1,
                                    appends: [append])
                            ])
                        }
                    }
                }
                try await group.waitForAll()
            }
            for partition in 0..<lanes {
                let texts = try await engine.readAll("out", partition: partition).texts
                #expect(texts == (0..<10).map(String.init))
            }
            #expect(try await engine.lanes().map(\.lag) == Array(repeating: 0, count: Int(lanes)))
        },
    ]

    static let conflictCases = [
        EngineCase("an emission whose id its station knows is stored once and counted once") {
            bench in
            let lane = try await Claimed(bench)
            try await lane.engine.append([Event("known", id: "k")], to: "out")
            try await lane.engine.settle([
                lane.settlement(
                    0, 2,
                    [
                        Event("known", id: "k"), Event("x", id: "x"), Event("x", id: "x"),
                        Event("y"),
                    ], causes: [0, 0, 1, 1]),
                lane.settlement(2, 1, [Event("x", id: "x")]),
            ])
            try await lane.expect(settled: 3, out: ["known", "x", "y"])
            #expect(try await lane.engine.lanes()[0].counts.emitted == 2)
        },
        EngineCase(
            "an emission with a known id and another payload refuses its settlement",
            needs: [
                .oneTransaction
            ]
        ) { bench in
            let lane = try await Claimed(bench)
            try await lane.engine.append(
                [Event("known", id: "k"), Event("too", id: "t")], to: "out")
            let settlements = [
                lane.settlement(0, 4, [Event("a")]),
                lane.settlement(
                    4, 4,
                    [
                        Event("fine"), Event("other", id: "k"), Event("fine", id: "f"),
                        Event("other", id: "t"), Event("again", id: "k"),
                    ], causes: [0, 3, 2, 1, 3]),
            ]
            #expect(
                await lane.refusal(settlements)
                    == .emissionConflicts(lane.lane, settlement: 1, events: [1, 3]))
            try await lane.expect(settled: 0, out: ["known", "too"])
            #expect(try await lane.engine.describe("out").window.ids == 2)
        },
        EngineCase(
            "emissions of one settlement that share an id refuse it",
            needs: [
                .oneTransaction
            ]
        ) { bench in
            let lane = try await Claimed(bench)
            let settlement = lane.settlement(
                0, 3,
                [
                    Event("one", id: "k"), Event("two", id: "k"), Event("one", id: "k"),
                ], causes: [0, 1, 2])
            #expect(
                await lane.refusal([settlement])
                    == .emissionConflicts(lane.lane, settlement: 0, events: [1]))
            try await lane.expect(settled: 0, out: [])
        },
        EngineCase(
            "emissions of settlements of one call that share an id refuse it",
            needs: [
                .oneTransaction
            ]
        ) { bench in
            let lane = try await Claimed(bench)
            let settlements = [
                lane.settlement(0, 1, [Event("one", id: "k")]),
                lane.settlement(1, 1, [Event("one", id: "k"), Event("x")], causes: [0, 0]),
                lane.settlement(2, 1, [Event("two", id: "k")]),
            ]
            #expect(
                await lane.refusal(settlements)
                    == .emissionConflicts(lane.lane, settlement: 2, events: [0]))
            try await lane.expect(settled: 0, out: [])
            try await lane.engine.settle(Array(settlements[..<2]))
            try await lane.expect(settled: 2, out: ["one", "x"])
        },
        EngineCase("one id in two stations is no conflict") { bench in
            let lane = try await Claimed(bench)
            var settlement = lane.settlement(0, 1, [Event("one", id: "k")])
            settlement.appends.append(StationAppend("dead.f", [Event("two", id: "k")]))
            try await lane.engine.settle([settlement])
            try await lane.expect(settled: 1, out: ["one"])
            #expect(try await lane.engine.readAll("dead.f").texts == ["two"])
        },
    ]

    static let laneCases = [
        EngineCase("lag is what a lane's inputs hold beyond its position") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] {
                _ = try await engine.open(name, settings: StationSettings(partitions: 2))
                for partition: UInt32 in 0..<2 {
                    try await engine.append(
                        texts: (0...partition + 2).map { "\($0)" }, to: name,
                        unkeyedPartition: partition)
                }
            }
            let lane = LaneID(function: "f", partition: 1)
            let claim = try await engine.claim(lane, inputs: ["a", "b"], start: .earliest)
            #expect(try await engine.lanes()[0].lag == 8)
            let from = claim.position["b"]
            try await engine.settle([claim.settlement(of: "b", from: from, to: from + 3)])
            #expect(try await engine.lanes()[0].lag == 5)
            try await engine.append(texts: ["x", "y"], to: "a", unkeyedPartition: 1)
            try await engine.append(texts: ["x", "y"], to: "a", unkeyedPartition: 0)
            #expect(try await engine.lanes()[0].lag == 7)
            _ = try await engine.claim(
                LaneID(function: "latest", partition: 1), inputs: ["a", "b"], start: .latest)
            #expect(try await engine.lanes().map(\.lag) == [7, 0])
        },
        EngineCase("an input that a lane no longer reads is no part of its lag") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] {
                _ = try await engine.open(name, settings: nil)
                try await engine.append(texts: ["1", "2"], to: name)
            }
            let lane = LaneID(function: "f", partition: 0)
            let both = try await engine.claim(lane, inputs: ["a", "b"], start: .earliest)
            let one = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            #expect(try await engine.lanes()[0].lag == 2)
            #expect(try await engine.lanes()[0].position == one.position)
            let again = try await engine.claim(lane, inputs: ["a", "b"], start: .latest)
            #expect(again.position == both.position, "where it was is kept all the same")
            #expect(try await engine.lanes()[0].lag == 4)
        },
        EngineCase("lanes come in the order of function and partition") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 12))
            for (function, partition) in [("b", 11), ("b", 2), ("a", 3), ("a.b", 0), ("b", 0)] {
                let lane = LaneID(
                    function: try FunctionName(function), partition: UInt32(partition))
                _ = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            }
            #expect(
                try await engine.lanes().map(\.lane.description)
                    == ["a/3", "a.b/0", "b/0", "b/2", "b/11"])
        },
        EngineCase("a journal is read from any record, at most as many as wanted") { bench in
            let lane = try await Claimed(bench)
            for number: UInt64 in 0..<10 {
                try await lane.engine.settle([lane.settlement(number, 1)])
            }
            func firsts(from first: UInt64, limit: Int) async throws -> [UInt64] {
                try await lane.engine.journal(of: lane.lane, from: first, limit: limit)
                    .map { $0.taken[0].first - lane.from }
            }
            #expect(try await firsts(from: 0, limit: 100) == Array(0..<10))
            #expect(try await firsts(from: 3, limit: 4) == [3, 4, 5, 6])
            #expect(try await firsts(from: 8, limit: 4) == [8, 9])
            #expect(try await firsts(from: 10, limit: 4) == [])
            #expect(try await firsts(from: 0, limit: 0) == [])
            let unknown = LaneID(function: "g", partition: 0)
            #expect(try await lane.engine.journal(of: unknown, from: 0, limit: 1).isEmpty)
        },
        EngineCase(
            "what a settlement appends has the times that its journal record tells",
            needs: [.givenTime]
        ) { bench in
            let lane = try await Claimed(bench)
            var number: UInt64 = 0
            for seconds: Int64 in [1_000, 2_000, 1_500, 1_600, 3_000] {
                bench.time.set(EventTime(microseconds: seconds * 1_000_000))
                try await lane.engine.settle([
                    lane.settlement(number, 1, [Event("\(number)")]),
                    lane.settlement(number + 1, 1, [Event("\(number + 1)")]),
                ])
                number += 2
            }
            let journal = try await lane.engine.journal(of: lane.lane, from: 0, limit: 10)
            let times = journal.compactMap { record in
                record.settled.map {
                    [$0.lowerBound, $0.upperBound].map { $0.microseconds / 1_000_000 }
                }
            }
            // The clock was set back: the station goes on from its latest time.
            let each: [[Int64]] = [
                [1_000, 1_000], [2_000, 2_000], [1_500, 2_000], [1_600, 2_000], [3_000, 3_000],
            ]
            #expect(times == each.flatMap { [$0, $0] })
            for (record, offset) in zip(journal, try await lane.engine.readAll("out").offsets) {
                let place = StationCursor(station: "out", partition: 0, offset: offset)
                let appended = try #require(try await lane.engine.appendedAt(place))
                #expect(record.settled?.contains(appended) == true)
            }
            #expect(try await lane.engine.lanes()[0].settlements == 10)
        },
    ]
}
