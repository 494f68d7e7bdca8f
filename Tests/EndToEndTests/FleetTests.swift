import Foundation
import MoonrailTestSupport
import Testing

/// Two workers as processes over one broker.
@Suite(.timeLimit(.minutes(5)))
struct FleetTests {
    /// A broker, a function that counts the events of each key, and two workers that share it.
    private struct Fleet {
        let folder: URL
        let server: NATSServer
        let names = ["one", "two"]

        init() async throws {
            server = try await NATSServer()
            folder = try TemporaryDirectory.make("fleet")
            let functions = folder.appendingPathComponent("functions")
            try FileManager.default.createDirectory(
                at: functions, withIntermediateDirectories: true)
            try """
            return { from = "a", to = "b", state = { key = "k", initial = { n = 0 } },
              handler = function(event, context)
                context.state.n = context.state.n + 1
                return { k = event.data.k, n = context.state.n }
              end }
            """.write(
                to: functions.appendingPathComponent("count.lua"), atomically: true,
                encoding: .utf8)
            let made = try await command("one").run(
                "station", "create", "a", "--partitions", "4")
            try #require(made.status == 0, "\(made.errors)")
        }

        func data(_ worker: String) -> URL { folder.appendingPathComponent(worker) }

        func command(_ worker: String) -> MoonrailCommand {
            var environment = MoonrailCommand(
                data: data(worker), functions: folder.appendingPathComponent("functions")
            ).environment
            environment["MOONRAIL_ENGINE"] = "nats"
            environment["MOONRAIL_NATS_SERVERS"] = server.url
            environment["MOONRAIL_WORKER"] = worker
            return MoonrailCommand(environment: environment)
        }

        func start(_ worker: String) async throws -> MoonrailCommand.Running {
            let running = try command(worker).start(["run"])
            try await WorkerProcessTests.waitForWorker(data(worker))
            return running
        }

        /// Lanes of the function that other workers run, as this one shows it.
        func elsewhere(_ worker: String) async throws -> [String: Int] {
            let shown = try await command(worker).run("offset", "show", "--json")
            let lanes = try JSONSerialization.jsonObject(with: Data(shown.output.utf8))
            var counts: [String: Int] = [:]
            for lane in lanes as? [[String: Any]] ?? [] {
                if let name = lane["worker"] as? String { counts[name, default: 0] += 1 }
            }
            return counts
        }

        /// Appends an event of each of so many keys.
        func produce(through worker: String, keys: Int) async throws {
            let lines = (0..<keys).map { #"{"k":"key\#($0)"}"# }.joined(separator: "\n")
            let result = try await command(worker).run(
                "produce", "a", "--key", "k", input: lines)
            try #require(result.status == 0, "\(result.errors)")
        }

        /// Waits until `b` has as many events, and answers with them.
        func output(through worker: String, count: Int) async throws -> [String] {
            let deadline = ContinuousClock.now + .seconds(30)
            while true {
                let read = try await command(worker).run("read", "b", "--format", "data")
                if read.lines.count >= count { return read.lines }
                try #require(
                    ContinuousClock.now < deadline, "b has \(read.lines.count) of \(count) events")
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        func waitUntilShared() async throws {
            for _ in 0..<200 {
                if try await elsewhere("one") == ["two": 2] { return }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("lanes are not shared: \(try await elsewhere("one"))")
        }

        func remove() {
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Each key was counted from one to `rounds`, each number once.
    private static func expectCounts(_ lines: [String], keys: Int, rounds: Int) {
        var expected: [String] = []
        for key in 0..<keys {
            for round in 1...rounds { expected.append(#"{"k":"key\#(key)","n":\#(round)}"#) }
        }
        #expect(lines.sorted() == expected.sorted())
    }

    @Test func `lanes of a worker that is killed go on elsewhere, and nothing counts twice`()
        async throws
    {
        let fleet = try await Fleet()
        defer { fleet.remove() }
        let one = try await fleet.start("one")
        let two = try await fleet.start("two")
        try await fleet.waitUntilShared()
        for _ in 0..<3 { try await fleet.produce(through: "two", keys: 40) }
        one.send(SIGKILL)
        _ = try await one.finish()
        let killed = ContinuousClock.now
        for _ in 0..<3 { try await fleet.produce(through: "two", keys: 40) }
        let lines = try await fleet.output(through: "two", count: 240)
        #expect(ContinuousClock.now - killed < .seconds(15))
        Self.expectCounts(lines, keys: 40, rounds: 6)
        two.send(SIGTERM)
        #expect(try await two.finish(within: 30).status == 0)
    }

    @Test func `a worker that stood still has lost its lanes when it goes on, and settles nothing`()
        async throws
    {
        let fleet = try await Fleet()
        defer { fleet.remove() }
        let one = try await fleet.start("one")
        let two = try await fleet.start("two")
        try await fleet.waitUntilShared()
        for _ in 0..<2 { try await fleet.produce(through: "two", keys: 40) }
        one.send(SIGSTOP)
        for _ in 0..<2 { try await fleet.produce(through: "two", keys: 40) }
        let moved = try await fleet.output(through: "two", count: 160)
        Self.expectCounts(moved, keys: 40, rounds: 4)
        one.send(SIGCONT)
        try await fleet.waitUntilShared()
        for _ in 0..<2 { try await fleet.produce(through: "two", keys: 40) }
        Self.expectCounts(
            try await fleet.output(through: "two", count: 240), keys: 40, rounds: 6)
        for worker in [one, two] { worker.send(SIGTERM) }
        for worker in [one, two] { #expect(try await worker.finish(within: 30).status == 0) }
    }
}
