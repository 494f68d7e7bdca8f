import MoonrailTestSupport
import Testing

@Suite struct NATSLoginTests {
    private static func server() async throws -> NATSServer {
        let subjects = ["moonrail.>", "moonrail+lanes.>", "$KV.moonrail-leases.>", "$JS.API.>"]
        let allowed = subjects.map { "\"\($0)\"" }.joined(separator: ", ")
        return try await NATSServer(
            settings: """
                authorization {
                  users: [{
                    user: ada, password: "two words",
                    permissions: { publish: [\(allowed)], subscribe: "_INBOX.>" }
                  }]
                }
                """)
    }

    @Test func `a worker needs no more of its user than the documented permissions`()
        async throws
    {
        let server = try await Self.server()
        try await Workplace.with(config: "") { place in
            let file = try place.write("password", "two words\n")
            _ = try place.write(
                "moonrail.yaml",
                """
                engine: nats
                nats: { servers: "\(server.url)", user: ada, password_file: "\(file)" }
                """)
            try place.writeFunction("pass", from: "a", to: "b")
            let produced = try await place.command.run("produce", "a", input: "{\"n\":1}\n")
            #expect(produced.status == 0, "\(produced.errors)")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            let read = try await place.command.run("read", "b", "--format", "data")
            #expect(read.lines == [#"{"n":1}"#])
        }
    }

    @Test func `a worker that the broker refuses ends with the reason`() async throws {
        let server = try await Self.server()
        let config = """
            engine: nats
            nats: { servers: "\(server.url)" }
            """
        try await Workplace.with(config: config) { place in
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 5)
            #expect(run.errors.contains(server.url), "\(run.errors)")
            #expect(run.errors.contains("Authorization Violation"), "\(run.errors)")
        }
    }
}
