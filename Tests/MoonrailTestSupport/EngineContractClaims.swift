import MoonrailCore
import Testing

extension EngineContract {
    static let claimCases = [
        EngineCase("a lane begins where it is told to") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] {
                _ = try await engine.open(name, settings: StationSettings(partitions: 2))
                try await engine.append(texts: ["1", "2", "3"], to: name, unkeyedPartition: 1)
            }
            let partition = try await engine.describe("a").partitions[1]
            let earliest = try await engine.claim(
                LaneID(function: "f", partition: 1), inputs: ["a", "b"], start: .earliest)
            #expect(
                earliest.position == Position(["a": partition.earliest, "b": partition.earliest]))
            let latest = try await engine.claim(
                LaneID(function: "g", partition: 1), inputs: ["a", "b"], start: .latest)
            #expect(latest.position == Position(["a": partition.next, "b": partition.next]))
            #expect(earliest.generation == 0)
        },
        EngineCase("a lane that is claimed again goes on where it was") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await engine.append(texts: ["1", "2", "3"], to: "a")
            let lane = LaneID(function: "f", partition: 0)
            let first = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            let from = first.position["a"]
            try await engine.settle([first.settlement(of: "a", from: from, to: from + 2)])
            let second = try await engine.claim(lane, inputs: ["a"], start: .latest)
            #expect(second.position == Position(["a": from + 2]))
            #expect(second.fence > first.fence)
            #expect(second.lane == lane)
        },
        EngineCase("an input that is new to a lane begins where the claim says") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] {
                _ = try await engine.open(name, settings: nil)
                try await engine.append(texts: ["1", "2"], to: name)
            }
            let lane = LaneID(function: "f", partition: 0)
            let first = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            let second = try await engine.claim(lane, inputs: ["a", "b"], start: .latest)
            #expect(second.position["a"] == first.position["a"])
            #expect(second.position["b"] == (try await engine.describe("b").partitions[0].next))
            let third = try await engine.claim(lane, inputs: ["b"], start: .earliest)
            #expect(third.position.offsets == ["b": second.position["b"]])
        },
        EngineCase("an older claim can't settle") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await engine.append(texts: ["1", "2"], to: "a")
            let lane = LaneID(function: "f", partition: 0)
            let old = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            let new = try await engine.claim(lane, inputs: ["a"], start: .earliest)
            let from = old.position["a"]
            #expect(
                await engineError { () async throws(EngineError) in
                    try await engine.settle([old.settlement(of: "a", from: from, to: from + 1)])
                } == .claimLost(lane))
            #expect(try await engine.lanes()[0].position == new.position)
            try await engine.settle([new.settlement(of: "a", from: from, to: from + 1)])
            #expect(try await engine.lanes()[0].position["a"] == from + 1)
        },
        EngineCase("a lane that was never claimed can't settle") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let lane = LaneID(function: "f", partition: 0)
            let claim = LaneClaim(lane: lane, fence: 1, generation: 0, position: Position(["a": 0]))
            #expect(
                await engineError { () async throws(EngineError) in
                    try await engine.settle([claim.settlement(of: "a", from: 0, to: 1)])
                } == .claimLost(lane))
            #expect(try await engine.lanes().isEmpty)
        },
        EngineCase("of many claims at once each has a fence of its own, and the last one holds") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await engine.append(texts: ["1"], to: "a")
            let lane = LaneID(function: "f", partition: 0)
            var claims: [LaneClaim] = []
            try await withThrowingTaskGroup(of: LaneClaim.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await engine.claim(lane, inputs: ["a"], start: .earliest)
                    }
                }
                for try await claim in group { claims.append(claim) }
            }
            claims.sort { $0.fence < $1.fence }
            #expect(Set(claims.map(\.fence)).count == 50)
            for (number, claim) in claims.enumerated() {
                let from = claim.position["a"]
                let error = await engineError { () async throws(EngineError) in
                    try await engine.settle([claim.settlement(of: "a", from: from, to: from + 1)])
                }
                #expect(error == (number == 49 ? nil : .claimLost(lane)))
            }
        },
        EngineCase("a claim with an input that is missing leaves no lane behind") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.claim(
                        LaneID(function: "f", partition: 0), inputs: ["a", "nowhere"],
                        start: .earliest)
                } == .stationNotFound("nowhere"))
            #expect(try await engine.lanes().isEmpty)
        },
        EngineCase("a station that is made again is read from its start") { bench in
            let engine = bench.engine
            for name: StationName in ["a", "b"] {
                _ = try await engine.open(name, settings: nil)
                try await engine.append(texts: ["1", "2", "3"], to: name)
            }
            let lane = LaneID(function: "f", partition: 0)
            let old = try await engine.claim(lane, inputs: ["a", "b"], start: .latest)
            try await engine.delete("a")
            _ = try await engine.open("a", settings: nil)
            try await engine.append(texts: ["new"], to: "a")
            #expect(
                await engineError { () async throws(EngineError) in
                    try await engine.settle([
                        old.settlement(of: "a", from: old.position["a"], to: old.position["a"] + 1)
                    ])
                } == .claimLost(lane), "what it read is of the station that is gone")
            try await bench.reopen()
            let new = try await bench.engine.claim(lane, inputs: ["a", "b"], start: .earliest)
            #expect(
                new.position["a"] == (try await bench.engine.describe("a").partitions[0].earliest))
            #expect(new.position["b"] == old.position["b"])
        },
    ]
}
