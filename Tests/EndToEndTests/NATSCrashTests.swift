import Foundation
import MoonrailTestSupport
import Testing

/// Workers that die in the middle of a settlement on NATS.
@Suite(.timeLimit(.minutes(5)))
struct NATSCrashTests {
    private static let events = 3_000
    private static let keys = 7

    /// A chain of two functions, the first of which counts the events of each key.
    private static func folder() throws -> URL {
        let folder = try TemporaryDirectory.make("nats-crash")
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        let scripts = [
            "count.lua": """
            return { from = "a", to = "b", state = { key = "k", initial = { n = 0 } },
              handler = function(event, context)
                context.state.n = context.state.n + 1
                return { k = event.data.k, n = context.state.n }
              end }
            """,
            "pass.lua": """
            return { from = "b", to = "c", handler = function(event) return event.data end }
            """,
        ]
        for (name, text) in scripts {
            try text.write(
                to: functions.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test(arguments: [
        "settle-begin:3", "settle-written", "settle-written:2", "settle-written:4",
        "settle-committed:2",
    ])
    func `a crash that outlasts the broker's memory of ids loses nothing and repeats nothing`(
        point: String
    ) async throws {
        let server = try await NATSServer()
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"),
            functions: folder.appendingPathComponent("functions"), nats: server)
        for station in ["b", "c"] {
            let made = try await moonrail.run("station", "create", station, "--duplicate-age", "1s")
            try #require(made.status == 0, "\(made.errors)")
        }
        let lines = (0..<Self.events).map { #"{"k":"key\#($0 % Self.keys)"}"# }
        let produced = try await moonrail.run(
            "produce", "a", "--key", "k", input: lines.joined(separator: "\n"))
        try #require(produced.status == 0, "\(produced.errors)")

        var environment = moonrail.environment
        environment["MOONRAIL_CRASH_POINT"] = point
        let killed = try await MoonrailCommand(environment: environment).run("run", "--until-idle")
        #expect(killed.wasKilled, "\(killed.errors)")
        try await Task.sleep(for: .milliseconds(2_500))
        let last = try await moonrail.run("run", "--until-idle")
        #expect(last.status == 0, "\(last.errors)")

        let expected = (0..<Self.events).map {
            #"{"k":"key\#($0 % Self.keys)","n":\#($0 / Self.keys + 1)}"#
        }
        for station in ["b", "c"] {
            let read = try await moonrail.run("read", station, "--format", "data")
            #expect(read.lines == expected, "station \(station)")
        }
    }
}
