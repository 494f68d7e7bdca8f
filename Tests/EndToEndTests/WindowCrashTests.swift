import Foundation
import MoonrailTestSupport
import Testing

/// Windows of event time in a worker that is killed and started again.
@Suite(.serialized) struct WindowCrashTests {
    private static let functions = TemperatureLine.repository.appendingPathComponent("functions")

    /// Clicks of many pages, in another order than that of their times, but none of them late.
    private static func clicks(using random: inout SplitMix) -> [(page: String, time: Int)] {
        (0..<40_000).map { number in
            (
                page: "p\(Int.random(in: 0..<300, using: &random))",
                time: 1_767_225_600_000 + number * 25 - Int.random(in: 0..<9_000, using: &random)
            )
        }
    }

    /// Everything that the function left, as it is read.
    private static func left(_ moonrail: MoonrailCommand) async throws -> [String] {
        var all: [String] = []
        for station in ["clicks.minutes", "state.count-clicks", "dead.count-clicks"] {
            all += try await moonrail.run("read", station, "--format", "data").lines
        }
        return all + (try await moonrail.run("state", "list", "count-clicks", "--json").lines)
    }

    @Test func `what windows count is the same in a worker that is killed`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("window crash test seed: \(seed)")
        var random = SplitMix(state: seed)
        let clicks = Self.clicks(using: &random)
        let lines = clicks.map { #"{"page":"\#($0.page)","at":\#($0.time)}"# }
            .joined(separator: "\n")
        var results: [[String]] = []
        var minutes: [String] = []
        var killed = 0
        for kills in [0, 8] {
            let data = try TemporaryDirectory.make("windows")
            defer { try? FileManager.default.removeItem(at: data) }
            let moonrail = MoonrailCommand(data: data, functions: Self.functions)
            try await moonrail.run("produce", "clicks", "--time", "at", input: lines)
            for _ in 0..<kills {
                let worker = try moonrail.start(["run", "--until-idle"])
                try await Task.sleep(
                    for: .microseconds(Int.random(in: 100_000...500_000, using: &random)))
                worker.send(SIGKILL)
                if try await worker.finish().wasKilled { killed += 1 }
            }
            let last = try await moonrail.run("run", "--until-idle")
            #expect(last.status == 0, "\(last.errors)")
            results.append(try await Self.left(moonrail))
            minutes = try await moonrail.run("read", "clicks.minutes", "--format", "data").lines
        }
        #expect(results[0] == results[1], "seed \(seed)")
        #expect(killed > 1, "the worker was mostly done before it was killed")
        // All clicks of the minutes that are over were counted, each once.
        let end = (clicks.map(\.time).max() ?? 0) - 10_001
        let over = clicks.count { $0.time / 60_000 * 60_000 + 59_999 <= end }
        let counted = minutes.reduce(0) { sum, line in
            sum + (line.firstMatch(of: #/"clicks":(\d+)/#).flatMap { Int($0.1) } ?? 0)
        }
        #expect(counted == over)
    }
}
