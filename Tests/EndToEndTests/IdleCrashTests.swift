import Foundation
import MoonrailTestSupport
import Testing

/// Timers that fire since nothing comes, in a worker that is killed and started again.
@Suite(.serialized) struct IdleCrashTests {
    private static let script = """
        return {
          from = "in", to = "out", state = { key = "k" },
          timers = { lateness = "50ms", idle = "100ms" },
          handler = function(event, context)
            context.state.n = 0
            context.timer(event.time + event.data.after, "silent")
          end,
          on_timer = function(timer, context)
            local state = context.state
            state.n = state.n + 1
            if state.n < 3 then context.timer(timer.time + 400, "silent") end
            return { k = timer.key, n = state.n, at = timer.time }
          end,
        }
        """

    private static let keys = 60

    /// Everything that the function left, as it is read.
    private static func left(_ moonrail: MoonrailCommand) async throws -> [String] {
        var all: [String] = []
        for station in ["out", "state.silence", "dead.silence"] {
            all += try await moonrail.run("read", station, "--format", "data").lines
        }
        return all + (try await moonrail.run("state", "list", "silence", "--json").lines)
    }

    @Test func `what silence brings about is the same in a worker that is killed`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("idle crash test seed: \(seed)")
        var random = SplitMix(state: seed)
        let lines = (0..<Self.keys).map { number in
            #"{"k":"k\#(number)","at":1767225600000,"after":\#(100 + number * 37)}"#
        }.joined(separator: "\n")
        var results: [[String]] = []
        for kills in [0, 8] {
            let directory = try TemporaryDirectory.make("silence")
            defer { try? FileManager.default.removeItem(at: directory) }
            let functions = directory.appendingPathComponent("functions")
            try FileManager.default.createDirectory(
                at: functions, withIntermediateDirectories: true)
            try Self.script.write(
                to: functions.appendingPathComponent("silence.lua"), atomically: true,
                encoding: .utf8)
            let moonrail = MoonrailCommand(
                data: directory.appendingPathComponent("data"), functions: functions)
            try await moonrail.run("produce", "in", "--time", "at", input: lines)
            for _ in 0..<kills {
                let worker = try moonrail.start(["run"])
                try await Task.sleep(
                    for: .microseconds(Int.random(in: 200_000...700_000, using: &random)))
                worker.send(SIGKILL)
                #expect(try await worker.finish().wasKilled)
            }
            // Who reads while no worker has the directory yet would keep it from having it; one
            // that was killed has left its socket.
            let data = directory.appendingPathComponent("data")
            let socket = data.appendingPathComponent("moonrail.sock")
            try? FileManager.default.removeItem(at: socket)
            let worker = try moonrail.start(["run"])
            try await WorkerProcessTests.waitForWorker(data)
            let deadline = ContinuousClock.now + .seconds(60)
            while try await moonrail.run("read", "out", "--format", "data").lines.count
                < 3 * Self.keys
            {
                try #require(ContinuousClock.now < deadline, "seed \(seed)")
                try await Task.sleep(for: .milliseconds(50))
            }
            worker.send(SIGTERM)
            _ = try await worker.finish()
            results.append(try await Self.left(moonrail))
        }
        #expect(results[0] == results[1], "seed \(seed)")
        #expect(results[0].count >= 3 * Self.keys)
    }
}
