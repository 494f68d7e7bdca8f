import MoonrailTestSupport
import Testing

/// What a broker takes only so much of.
@Suite struct NATSLimitTests {
    private static func config(_ server: NATSServer, _ rest: String) -> String {
        "engine: nats\nnats: { servers: \"\(server.url)\" }\n" + rest
    }

    @Test func `a worker whose events may be larger than the broker takes does not start`()
        async throws
    {
        let server = try await NATSServer(settings: "max_payload: 65536")
        try await Workplace.with(config: Self.config(server, "")) { place in
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 2)
            #expect(
                run.errors.contains(
                    "event_bytes is 983040, but the broker takes payloads of 32768 bytes at most "
                        + "beside their headers: set event_bytes to that or less, or raise the "
                        + "servers' max_payload"), "\(run.errors)")
        }
    }

    @Test func `an emission that is larger than the broker takes is one dead letter`()
        async throws
    {
        let server = try await NATSServer(settings: "max_payload: 1MB")
        try await Workplace.with(config: Self.config(server, "")) { place in
            _ = try place.write(
                "functions/swell.lua",
                """
                return { from = "a", to = "b", handler = function(event)
                  return { text = string.rep("x", event.data.n) }
                end }
                """)
            let input = "{\"n\":983100}\n{\"n\":983000}\n{\"n\":1}\n"
            let produced = try await place.command.run("produce", "a", input: input)
            #expect(produced.status == 0, "\(produced.errors)")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            let read = try await place.command.run("read", "b", "--format", "data")
            #expect(read.lines.map(\.count) == [983_011, 12])
            let dead = try await place.command.run("dead", "list", "swell")
            #expect(dead.output.contains("output-limit"), "\(dead.output)")
        }
    }
}
