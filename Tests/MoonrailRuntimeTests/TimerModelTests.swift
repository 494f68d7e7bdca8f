import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Timers against a naive model: whatever batches, restarts and deaths of hosts there are.
@Suite struct TimerModelTests {
    @Test func `what timers do follows from the events alone`() async throws {
        var random = SeededGenerator.printed()
        var model = TimerModel()
        var inputs: [TimerModel.Input] = []
        for number in 0..<1_500 {
            inputs.append(.random(number, using: &random))
            model.take(inputs[number])
        }
        var runs: [Run] = []
        for _ in 0..<2 { runs.append(try await Self.run(inputs, using: &random)) }
        for run in runs {
            #expect(
                run.outputs.map { String(decoding: $0.payload, as: UTF8.self) } == model.outputs)
            #expect(run.failures == model.failures)
            #expect(run.states == model.stateTexts)
            #expect(run.timers == model.timers)
        }
        // Byte for byte, ids and causes included.
        #expect(runs[0].outputs == runs[1].outputs)
        #expect(runs[0].changes == runs[1].changes)
    }

    private struct Run {
        var outputs: [Event]
        var changes: [Event]
        var failures: [String]
        var states: [String: String]
        var timers: [String]
    }

    /// Runs the function over the events: in pieces, each with another size of batches in another
    /// worker, whose hosts are killed now and then.
    private static func run(
        _ inputs: [TimerModel.Input], using random: inout SeededGenerator
    ) async throws -> Run {
        var run: Run?
        var generator = random
        try await TestLine.with([:]) { line in
            var rest = inputs[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...600, using: &generator))
                rest = rest.dropFirst(piece.count)
                let batch = [1, 7, 64, 512][Int.random(in: 0..<4, using: &generator)]
                try line.write("timers", TimerModel.script(batch: batch))
                try await line.produce(
                    "in", timed: piece.map { TimedEvent($0.time, $0.payload) })
                let kills = Int.random(in: 0..<3, using: &generator)
                let pauses = (0..<kills).map { _ in Int.random(in: 5..<60, using: &generator) }
                try await line.whileRunning { _ in
                    for pause in pauses {
                        try await Task.sleep(for: .milliseconds(pause))
                        _ = line.hosts.killAll()
                    }
                }
                try await line.runUntilIdle()
            }
            run = Run(
                outputs: try await line.events("out"),
                changes: try await line.events("state.timers"),
                failures: try await line.events("dead.timers").map {
                    String(($0.header("deadmessage") ?? "").suffix(9))
                },
                states: try await StateTests.state(line, "timers"),
                timers: try await line.timers("timers"))
        }
        random = generator
        return try #require(run)
    }
}
