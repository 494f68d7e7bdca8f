import Foundation
import MoonrailTestSupport
import Testing

/// `moonrail station copy` between a data directory and a broker, as processes.
@Suite(.timeLimit(.minutes(5)))
struct StationCopyTests {
    /// A broker, and data directories beside each other.
    private struct Place {
        let folder: URL
        let server: NATSServer
        let functions: URL

        init() async throws {
            server = try await NATSServer()
            folder = try TemporaryDirectory.make("copy")
            functions = folder.appendingPathComponent("functions")
            try FileManager.default.createDirectory(
                at: functions, withIntermediateDirectories: true)
        }

        /// Commands whose engine is the data directory; they know the broker as well.
        func embedded(_ name: String) -> MoonrailCommand {
            var environment = MoonrailCommand(
                data: folder.appendingPathComponent(name), functions: functions
            ).environment
            environment["MOONRAIL_NATS_SERVERS"] = server.url
            return MoonrailCommand(environment: environment)
        }

        func nats(_ name: String) -> MoonrailCommand {
            MoonrailCommand(
                data: folder.appendingPathComponent(name), functions: functions, nats: server)
        }

        func remove() {
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// What the events of a station say, without their places, by partition.
    private static func told(
        _ command: MoonrailCommand, _ station: String, partitions: Int
    ) async throws -> [[String]] {
        var told: [[String]] = []
        for partition in 0..<partitions {
            let read = try await command.run("read", station, "--partition", "\(partition)")
            try #require(read.status == 0, "\(read.errors)")
            told.append(
                try read.lines.map { line in
                    var event =
                        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                        ?? [:]
                    event["offset"] = nil
                    event["appended"] = nil
                    // The id of an event without one is its place.
                    if (event["id"] as? String)?.contains("/") == true { event["id"] = nil }
                    let data = try JSONSerialization.data(
                        withJSONObject: event, options: .sortedKeys)
                    return String(decoding: data, as: UTF8.self)
                })
        }
        return told
    }

    private static func lines(_ numbers: Range<Int>) -> String {
        numbers.map { number in
            #"{"at":\#(1_767_225_600_000 + number),"id":"o\#(number)","k":"k\#(number % 7)"}"#
        }.joined(separator: "\n")
    }

    @Test func `stations go to NATS and back with all that their events say`() async throws {
        let place = try await Place()
        defer { place.remove() }
        try """
        return { from = "orders", to = "doubled", handler = function(event, context)
          context.emit({ k = event.data.k, twice = 2 * event.data.at }, { key = event.data.k })
          context.emit({ plain = true })
        end }
        """.write(
            to: place.functions.appendingPathComponent("double.lua"), atomically: true,
            encoding: .utf8)
        let home = place.embedded("home")
        for arguments in [
            ["station", "create", "orders", "--partitions", "3", "--retention-age", "300d"],
            ["station", "create", "doubled", "--partitions", "2"],
        ] {
            #expect(try await home.start(arguments).finish().status == 0)
        }
        for _ in 0..<2 {
            // The second time all are known.
            let produced = try await home.run(
                "produce", "orders", "--key", "k", "--id", "id", "--time", "at",
                input: Self.lines(0..<900))
            #expect(produced.status == 0)
        }
        #expect(try await home.run("produce", "orders", input: #"{"no":"key"}"#).status == 0)
        #expect(try await home.run("run", "--until-idle").status == 0)

        let there = try await home.run("station", "copy", "--all", "--to", "nats")
        #expect(there.status == 0, "\(there.errors)")
        #expect(there.output.contains("orders: 901 events copied, 0 were there, 901 compared"))

        let back = place.embedded("back")
        let again = try await back.run("station", "copy", "--all", "--to", "embedded", "--json")
        #expect(again.status == 0, "\(again.errors)")
        for (station, partitions) in [("orders", 3), ("doubled", 2)] {
            let original = try await Self.told(home, station, partitions: partitions)
            #expect(original.joined().count > 900)
            for copy in [place.nats("home"), back] {
                #expect(
                    try await Self.told(copy, station, partitions: partitions) == original)
            }
        }
        // Retention is the station's own again.
        for copy in [place.nats("home"), back] {
            let shown = try await copy.run("station", "show", "orders")
            #expect(shown.output.contains("300d"), "\(shown.output)")
        }
    }

    @Test func `a copy that was killed goes on where it ended`() async throws {
        let place = try await Place()
        defer { place.remove() }
        let home = place.embedded("home")
        #expect(try await home.run("station", "create", "orders", "--partitions", "2").status == 0)
        let produced = try await home.run(
            "produce", "orders", "--key", "k", "--id", "id", input: Self.lines(0..<40_000))
        #expect(produced.status == 0)
        let copy = ["station", "copy", "orders", "--to", "nats", "--json"]
        var killed = 0
        for milliseconds in [150, 250, 350, 450] {
            let running = try home.start(copy)
            try await Task.sleep(for: .milliseconds(milliseconds))
            running.send(SIGKILL)
            if try await running.finish().wasKilled { killed += 1 }
        }
        #expect(killed > 0)
        // What comes later is copied, too.
        #expect(try await home.run("produce", "orders", input: #"{"late":true}"#).status == 0)
        let last = try await home.start(copy).finish()
        #expect(last.status == 0, "\(last.errors)")
        let original = try await Self.told(home, "orders", partitions: 2)
        #expect(original.joined().count == 40_001)
        #expect(try await Self.told(place.nats("home"), "orders", partitions: 2) == original)
        let repeated = try await home.run("station", "copy", "orders", "--to", "nats")
        #expect(
            repeated.output.contains("0 events copied, 40001 were there, 40001 compared"),
            "\(repeated.output)\(repeated.errors)")
    }

    @Test func `a station with other events is left alone`() async throws {
        let place = try await Place()
        defer { place.remove() }
        let home = place.embedded("home")
        #expect(try await home.run("produce", "orders", input: #"{"a":1}"#).status == 0)
        #expect(
            try await place.nats("home").run("produce", "orders", input: #"{"b":1}"#).status == 0)
        let copied = try await home.run("station", "copy", "orders", "--to", "nats")
        #expect(copied.status == 4)
        #expect(
            copied.errors.contains("the target's first 1 events are not those of the source"),
            "\(copied.errors)")
        #expect(try await place.nats("home").run("read", "orders").lines.count == 1)

        let unknown = try await home.run("station", "copy", "nothing", "--to", "nats")
        #expect(unknown.status == 3, "\(unknown.errors)")
        let neither = try await home.run("station", "copy", "--to", "nats")
        #expect(neither.status == 2, "\(neither.errors)")
    }

    @Test func `a worker that runs keeps its directory`() async throws {
        let place = try await Place()
        defer { place.remove() }
        let home = place.embedded("home")
        #expect(try await home.run("produce", "orders", input: #"{"a":1}"#).status == 0)
        let worker = try home.start(["run"])
        try await WorkerProcessTests.waitForWorker(place.folder.appendingPathComponent("home"))
        let copied = try await home.run("station", "copy", "orders", "--to", "nats")
        #expect(copied.status == 5, "\(copied.errors)")
        worker.send(SIGTERM)
        #expect(try await worker.finish(within: 30).status == 0)
    }
}
