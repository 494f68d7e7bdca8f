import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// State of functions whose lanes are moved.
@Suite struct StateReplayTests {
    private static let summing = """
        return {
          from = "in", to = "out",
          state = { key = "account", initial = { sum = 0 } },
          handler = function(event, context)
            local data, state = event.data, context.state
            if data.close then state.sum = nil return nil end
            state.sum = state.sum + data.n
            return { account = data.account, sum = state.sum }
          end,
        }
        """

    /// The fold that the script is, in Swift.
    private struct Model {
        struct Input {
            let account: String
            /// Nil closes the account.
            let amount: Int?

            var payload: String {
                amount.map { #"{"account":"\#(account)","n":\#($0)}"# }
                    ?? #"{"account":"\#(account)","close":true}"#
            }
        }

        var inputs: [Input] = []

        static func random(_ count: Int, _ generator: inout SeededGenerator) -> Model {
            var model = Model()
            for _ in 0..<count {
                let closes = generator.once(in: 9)
                // A first amount of zero would leave the state as it is where there is none.
                let amount = generator.number(1...50) * (generator.once(in: 2) ? -1 : 1)
                model.inputs.append(
                    Input(
                        account: "a\(generator.number(0...6))",
                        amount: closes ? nil : amount))
            }
            return model
        }

        /// The state before the input at `offset`.
        func state(before offset: Int) -> [String: Int] {
            var state: [String: Int] = [:]
            for input in inputs.prefix(offset) {
                state[input.account] = input.amount.map { state[input.account, default: 0] + $0 }
            }
            return state
        }

        func outputs(from offset: Int) -> [String] {
            var state = state(before: offset)
            return inputs.dropFirst(offset).compactMap { input in
                state[input.account] = input.amount.map { state[input.account, default: 0] + $0 }
                return input.amount == nil
                    ? nil
                    : #"{"account":"\#(input.account)","sum":\#(state[input.account] ?? 0)}"#
            }
        }
    }

    private func expectState(
        _ line: TestLine, _ expected: [String: Int], _ comment: Comment
    ) async throws {
        let state = try await StateTests.state(line, "sum")
        #expect(state == expected.mapValues { #"{"sum":\#($0)}"# }, comment)
        let count = try await FunctionStates(engine: line.engine).count(of: "sum")
        #expect(count == UInt64(expected.count), comment)
    }

    @Test func `wherever a lane is moved back to, its state is what it was there`() async throws {
        var generator = SeededGenerator.printed()
        try await TestLine.with(["sum": Self.summing]) { line in
            var model = Model.random(120, &generator)
            try await line.produce("in", model.inputs.map(\.payload))
            try await line.runUntilIdle()
            var expected = model.outputs(from: 0)
            for round in 0..<8 {
                let offset = generator.number(0...model.inputs.count - 1)
                try await ReplayTests.reset(
                    line, "sum", to: .offset(UInt64(offset)), .append)
                expected += model.outputs(from: offset)
                if generator.once(in: 2) {
                    let more = Model.random(5, &generator)
                    try await line.produce("in", more.inputs.map(\.payload))
                    let known = model.outputs(from: 0).count
                    model.inputs += more.inputs
                    expected += model.outputs(from: 0).dropFirst(known)
                }
                try await line.runUntilIdle()
                #expect(try await line.payloads("out") == expected, "round \(round) to \(offset)")
                try await expectState(
                    line, model.state(before: model.inputs.count), "round \(round)")
            }
            // And what it was at any moment is what the events say, however often they ran.
            let states = FunctionStates(engine: line.engine)
            for offset in model.inputs.indices {
                let after = model.state(before: offset + 1)
                for account in 0...6 {
                    let entry = try await states.value(
                        of: "sum", key: Array("a\(account)".utf8), at: .offset(UInt64(offset)))
                    let value = entry.value.map { String(decoding: $0.json, as: UTF8.self) }
                    #expect(value == after["a\(account)"].map { #"{"sum":\#($0)}"# })
                }
            }
        }
    }

    @Test func `after a replay of all of history the state is byte by byte what it was`()
        async throws
    {
        var generator = SeededGenerator.printed()
        try await TestLine.with(["sum": Self.summing]) { line in
            let model = Model.random(3_000, &generator)
            try await line.produce("in", model.inputs.map(\.payload))
            try await line.runUntilIdle()
            let lane = LaneID(function: "sum", partition: 0)
            let before = try await line.engine.values(of: lane, in: .state, after: nil, limit: 100)
            try await ReplayTests.reset(line, "sum", to: .earliest, .fill)
            try await line.runUntilIdle()
            #expect(
                try await line.engine.values(of: lane, in: .state, after: nil, limit: 100)
                    == before)
            #expect(try await line.payloads("out") == model.outputs(from: 0))
            #expect(try await ReplayTests.replay(line, "sum")?.found.differing == 0)
        }
    }

    @Test func `a function that was renamed finds what it did under its former name`() async throws
    {
        var generator = SeededGenerator.printed()
        try await TestLine.with(["total": Self.summing]) { line in
            let model = Model.random(200, &generator)
            try await line.produce("in", model.inputs.map(\.payload))
            try await line.runUntilIdle()
            _ = try await line.idleDeployments.perform(
                .rename(to: "sum"), on: "total", for: Asker(name: "tester"))
            try await line.runUntilIdle()
            try await ReplayTests.reset(line, "sum", to: .offset(90), .fill)
            try await line.runUntilIdle()
            #expect(try await line.payloads("out") == model.outputs(from: 0))
            try await expectState(line, model.state(before: 200), "filled in")
            try await ReplayTests.reset(line, "sum", to: .offset(50), .append)
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == model.outputs(from: 0) + model.outputs(from: 50))
        }
    }

    @Test func `a mended fold is rebuilt by a replay`() async throws {
        try await TestLine.with(["sum": Self.summing]) { line in
            try await line.produce(
                "in", (1...10).map { #"{"account":"a","n":\#($0)}"# })
            try await line.runUntilIdle()
            try line.write("sum", Self.summing.replacing("+ data.n", with: "+ 2 * data.n"))
            try await ReplayTests.reset(line, "sum", to: .earliest, .append)
            try await line.runUntilIdle()
            try await expectState(line, ["a": 110], "rebuilt")
            let history = try await FunctionStates(engine: line.engine)
                .history(of: "sum", key: Array("a".utf8), limit: 100)
            #expect(history.count == 10 + 1 + 10)
            #expect(history[10].value == nil && history[10].origin.isRestored)
        }
    }

    @Test func `state whose changes are not all kept can only be rebuilt from the beginning`()
        async throws
    {
        try await TestLine.with(["sum": Self.summing]) { line in
            try await line.produce("in", (1...600).map { #"{"account":"a","n":\#($0)}"# })
            try await line.runUntilIdle()
            try await line.engine.alter(
                "state.sum", settings: StationSettings(retention: Retention(bytes: 1)))
            try await line.produce("in", (1...600).map { #"{"account":"a","n":\#($0)}"# })
            try await line.runUntilIdle()
            try await line.engine.tidy()
            #expect(try await line.engine.describe("state.sum").partitions[0].earliest > 0)
            let error = await #expect(throws: ResetRefused.self) {
                try await ReplayTests.reset(line, "sum", to: .offset(100), .append)
            }
            #expect(error?.description.contains("retention has removed") == true)
            try await ReplayTests.reset(line, "sum", to: .earliest, .append)
            try await line.runUntilIdle()
            try await expectState(line, ["a": 2 * 600 * 601 / 2], "rebuilt")
        }
    }
}
