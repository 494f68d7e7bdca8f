import MoonrailCore
import Testing

/// A function and another that has done the same in stations of its own, and a reader.
private struct Both {
    let engine: any StationEngine
    let claims: [LaneClaim]

    /// Lane `f` wrote one event to `out`, lane `g` two to `out2`; lane `r` has read `out`.
    init(_ bench: EngineBench) async throws {
        engine = bench.engine
        for name: StationName in ["in", "out", "out2", "told"] {
            _ = try await engine.open(name, settings: nil)
        }
        try await engine.append(texts: ["a", "b"], to: "in")
        var claims: [LaneClaim] = []
        for (function, station, texts) in [
            ("f", "out", ["x"]), ("g", "out2", ["y", "z"]),
        ] as [(FunctionName, StationName, [String])] {
            let claim = try await engine.claim(
                LaneID(function: function, partition: 0), inputs: ["in"], start: .earliest)
            let from = claim.position["in"]
            var settlement = claim.settlement(
                of: "in", from: from, to: from + 2,
                appends: [StationAppend(station, texts.map { Event($0) })])
            settlement.changes = [
                LaneValueChange(space: .parkedKeys, key: [1], value: Array(function.text.utf8))
            ]
            try await engine.settle([settlement])
            claims.append(claim)
        }
        let reader = try await engine.claim(
            LaneID(function: "r", partition: 0), inputs: ["out"], start: .earliest)
        try await engine.settle([reader.settlement(of: "out", from: 0, to: 1)])
        self.claims = claims + [reader]
    }

    /// The exchange of both, with the reader's move to the end of `out2`.
    func exchange(
        firstEnds: [UInt64] = [1], secondEnds: [UInt64] = [2], movesReader: Bool = true
    ) async -> EngineError? {
        var settlement = claims[2].settlement(of: "out", from: 1, to: 2)
        settlement.journal.taken = []
        settlement.counts = LaneCounts()
        let exchange = LaneExchange(
            "f", "g",
            stations: [
                .init("out", "out2", firstEnds: firstEnds, secondEnds: secondEnds)
            ], settlements: movesReader ? [settlement] : [])
        return await engineError { () async throws(EngineError) in
            try await engine.arrange(
                .exchange(exchange), telling: [StationAppend("told", [Event("swapped")])])
        }
    }
}

extension EngineContract {
    static let exchangeCases = [
        EngineCase(
            "two functions exchange lanes and stations", needs: [.gaplessOffsets, .renaming]
        ) { bench in
            let both = try await Both(bench)
            #expect(await both.exchange() == nil)
            for _ in 0..<2 {
                let engine = bench.engine
                #expect(try await engine.readAll("out").texts == ["y", "z"])
                #expect(try await engine.readAll("out2").texts == ["x"])
                #expect(try await engine.readAll("told").texts == ["swapped"])
                for (function, other) in [("f", "g"), ("g", "f")] as [(FunctionName, String)] {
                    let lane = LaneID(function: function, partition: 0)
                    #expect(
                        try await engine.value(of: lane, in: .parkedKeys, key: [1])
                            == Array(other.utf8))
                    let summary = try await engine.lanes().first { $0.lane == lane }
                    #expect(summary?.counts.emitted == (function == "f" ? 2 : 1))
                    #expect(summary?.lag == 0)
                }
                let reader = try await engine.lanes().first { $0.lane.function == "r" }
                #expect(reader?.position == Position(["out": 2]) && reader?.lag == 0)
                try await bench.reopen()
            }
        },
        EngineCase("claims of what was exchanged are lost", needs: [.gaplessOffsets, .renaming]) {
            bench in
            let both = try await Both(bench)
            try await bench.engine.append(texts: ["c"], to: "in")
            #expect(await both.exchange() == nil)
            for claim in both.claims.prefix(2) {
                let refusal = await engineError { () async throws(EngineError) in
                    try await bench.engine.settle([
                        claim.settlement(of: "in", from: 2, to: 3, appends: [])
                    ])
                }
                #expect(refusal == .claimLost(claim.lane))
            }
        },
        EngineCase("what stands elsewhere is not exchanged", needs: [.gaplessOffsets, .renaming]) {
            bench in
            let both = try await Both(bench)
            func isRefused(_ error: EngineError?) -> Bool {
                if case .moved = error { true } else { false }
            }
            #expect(isRefused(await both.exchange(firstEnds: [0])))
            #expect(isRefused(await both.exchange(secondEnds: [3])))
            #expect(isRefused(await both.exchange(movesReader: false)))
            try await bench.engine.append(texts: ["c"], to: "in")
            try await bench.engine.settle([
                both.claims[0].settlement(of: "in", from: 2, to: 3, appends: [])
            ])
            #expect(isRefused(await both.exchange()))
            #expect(try await bench.engine.readAll("out").texts == ["x"])
            #expect(try await bench.engine.readAll("told").texts.isEmpty)
        },
        EngineCase("what is removed leaves nothing, and may be removed again") { bench in
            let both = try await Both(bench)
            let engine = bench.engine
            for _ in 0..<2 {
                try await engine.arrange(.remove("g", stations: ["out2"]), telling: [])
                #expect(try await engine.lanes().map(\.lane.function) == ["f", "r"])
                #expect(try await engine.stations().map(\.name) == ["in", "out", "told"])
            }
            let claim = try await engine.claim(
                both.claims[1].lane, inputs: ["in"], start: .earliest)
            #expect(claim.generation == 0)
            #expect(
                try await engine.value(of: claim.lane, in: .parkedKeys, key: [1]) == nil)
            #expect(try await engine.journal(of: claim.lane, from: 0, limit: 1).isEmpty)
        },
    ]
}
