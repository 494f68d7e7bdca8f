import Foundation
import MoonrailTestSupport
import Testing

/// What the campaign of crashes builds on (`docs/chaos.md`).
@Suite struct CrashPointTests {
    private static func run(
        _ point: String, _ line: TemperatureLine
    ) async throws -> MoonrailCommand.Result {
        var environment = line.moonrail.environment
        environment["MOONRAIL_CRASH_POINT"] = point
        return try await MoonrailCommand(environment: environment).run("run", "--until-idle")
    }

    @Test(arguments: ["recovery", "deploy", "settle-begin:2", "settle-written", "settle-committed"])
    func `a worker ends at the crash point it was told, and the next finishes its work`(
        point: String
    ) async throws {
        let line = try TemperatureLine()
        defer { line.remove() }
        try await line.moonrail.run(
            "produce", "weather.fahrenheit", TemperatureLine.events.path, "--key", "city")
        #expect(try await Self.run(point, line).wasKilled)
        let last = try await line.moonrail.run("run", "--until-idle")
        #expect(last.status == 0, "\(last.errors)")
        for (station, readings) in try TemperatureLine.expected() {
            #expect(
                try await line.stored(station) == Dictionary(grouping: readings, by: \.city),
                "\(station)")
        }
    }

    @Test(arguments: ["recover", "recovery:0", "recovery:often"])
    func `a crash point that does not exist is refused, not ignored`(point: String) async throws {
        let line = try TemperatureLine()
        defer { line.remove() }
        let result = try await Self.run(point, line)
        #expect(!result.wasKilled && result.status == 2)
        #expect(result.errors.contains("known: settle-begin, settle-written"))
    }
}
