import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// A distributed trace that goes through stations and functions.
@Suite struct TraceContextTests {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let other = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"

    @Test func `what an event emits belongs to its trace, unless the script says another`()
        async throws
    {
        try await Workplace.with { place in
            _ = try place.write(
                "functions/first.lua",
                """
                return {
                  from = "raw", to = "middle",
                  handler = function(event, context)
                    context.log.info("seen")
                    return event.data, { origin = "first" }
                  end,
                }
                """)
            _ = try place.write(
                "functions/second.lua",
                """
                return {
                  from = "middle", to = "clean",
                  handler = function(event, context)
                    context.emit({ n = 1 })
                    context.emit({ n = 2 }, { headers = { traceparent = "\(Self.other)" } })
                  end,
                }
                """)
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            let sent = try SocketClient.send(
                "POST", "/v1/stations/raw/events", body: "{}\n",
                headers: ["traceparent": Self.trace], to: socket)
            #expect(sent.status == 200)
            // One that is none is passed over.
            _ = try SocketClient.send(
                "POST", "/v1/stations/raw/events", body: "{}\n", headers: ["traceparent": "x"],
                to: socket)
            worker.send(SIGTERM)
            _ = try await worker.finish()
            let idle = try await place.command.run("run", "--until-idle")
            #expect(idle.status == 0)
            let traces = try await Self.traces(place, "clean")
            #expect(traces == [Self.trace, Self.other, nil, Self.other])
            #expect(try await Self.traces(place, "middle") == [Self.trace, nil])
            let logs = try await place.command.run(
                "read", "moonrail.logs", "--format", "data")
            let logged = try logs.lines.map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(logged.map { $0["traceparent"]?.text } == [Self.trace, nil])
        }
    }

    private static func traces(_ place: Workplace, _ station: String) async throws -> [String?] {
        let read = try await place.command.run("read", station, "--format", "json")
        return try read.lines.map { line in
            try JSONValue(parsing: Array(line.utf8))["headers"]?["traceparent"]?.text
        }
    }
}
