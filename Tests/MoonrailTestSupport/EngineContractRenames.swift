import MoonrailCore
import Testing

/// A lane that has settled two events, of which one became a dead letter and parked its key.
private struct Settled {
    let engine: any StationEngine
    let claim: LaneClaim

    init(_ bench: EngineBench) async throws {
        engine = bench.engine
        for name: StationName in ["in", "out", "dead.f", "told"] {
            _ = try await engine.open(name, settings: nil)
        }
        try await engine.append(texts: ["a", "b", "c"], to: "in")
        claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
        let from = claim.position["in"]
        var settlement = claim.settlement(
            of: "in", from: from, to: from + 2,
            appends: [
                StationAppend("out", [Event("x")]),
                StationAppend("dead.f", [Event("b")], causes: [1]),
            ])
        settlement.changes = [LaneValueChange(space: .parkedKeys, key: [1], value: [2])]
        try await engine.settle([settlement])
    }

    func rename(_ function: FunctionName = "f", to name: FunctionName) async -> EngineError? {
        await engineError { () async throws(EngineError) in
            try await engine.rename(
                function, to: name, telling: [StationAppend("told", [Event("\(name)")])])
        }
    }
}

extension EngineContract {
    static let renameCases = [
        EngineCase("a renamed function goes on with all that it had", needs: [.renaming]) { bench in
            let settled = try await Settled(bench)
            let before = try await bench.engine.lanes()[0]
            #expect(await settled.rename(to: "g") == nil)
            for _ in 0..<2 {
                let engine = bench.engine
                let lane = LaneID(function: "g", partition: 0)
                #expect(try await engine.lanes().map(\.lane) == [lane])
                #expect(try await engine.lanes()[0].counts == before.counts)
                #expect(try await engine.lanes()[0].lag == 1)
                #expect(
                    try await engine.value(of: lane, in: .parkedKeys, key: [1]) == [2])
                #expect(try await engine.journal(of: lane, from: 0, limit: 10).count == 1)
                #expect(try await engine.readAll("dead.g").texts == ["b"])
                #expect(try await engine.readAll("told").texts == ["g"])
                #expect(
                    await engineError { () async throws(EngineError) in
                        _ = try await engine.describe("dead.f")
                    } == .stationNotFound("dead.f"))
                let claim = try await engine.claim(lane, inputs: ["in"], start: .latest)
                #expect(claim.position == before.position)
                #expect(claim.fence > settled.claim.fence)
                try await bench.reopen()
            }
        },
        EngineCase("a claim under the former name is lost", needs: [.renaming]) { bench in
            let settled = try await Settled(bench)
            #expect(await settled.rename(to: "g") == nil)
            let from = settled.claim.position["in"] + 2
            let refusal = await engineError { () async throws(EngineError) in
                try await bench.engine.settle([
                    settled.claim.settlement(of: "in", from: from, to: from + 1, appends: [])
                ])
            }
            #expect(refusal == .claimLost(settled.claim.lane))
        },
        EngineCase(
            "a function with positions or dead letters takes over no others", needs: [.renaming]
        ) { bench in
            let settled = try await Settled(bench)
            let engine = bench.engine
            _ = try await engine.claim(
                LaneID(function: "g", partition: 0), inputs: ["in"], start: .earliest)
            guard case .exists = await settled.rename(to: "g") else {
                Issue.record("positions were taken over")
                return
            }
            _ = try await engine.open("dead.h", settings: nil)
            try await engine.append(texts: ["h"], to: "dead.h")
            guard case .exists = await settled.rename(to: "h") else {
                Issue.record("dead letters were taken over")
                return
            }
            #expect(try await engine.readAll("told").texts.isEmpty)
            #expect(try await engine.readAll("dead.f").texts == ["b"])
        },
        EngineCase("a name may be taken again, and an empty station gives way", needs: [.renaming])
        { bench in
            let settled = try await Settled(bench)
            let engine = bench.engine
            _ = try await engine.open("dead.g", settings: nil)
            #expect(await settled.rename(to: "g") == nil)
            #expect(await settled.rename("g", to: "f") == nil)
            _ = try await engine.claim(
                LaneID(function: "g", partition: 0), inputs: ["in"], start: .earliest)
            try await bench.reopen()
            #expect(
                try await bench.engine.lanes().map(\.lane.function) == ["f", "g"])
            #expect(try await bench.engine.lanes().map(\.counts.processed) == [2, 0])
            #expect(try await bench.engine.readAll("dead.f").texts == ["b"])
        },
    ]
}
