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

    /// Has the commands of a place log in so.
    private static func configure(
        _ place: Workplace, _ server: NATSServer, _ login: String
    ) throws {
        _ = try place.write(
            "moonrail.yaml",
            """
            engine: nats
            nats: { servers: "\(server.url)", \(login) }
            """)
    }

    @Test func `a worker needs no more of its user than the documented permissions`()
        async throws
    {
        let server = try await Self.server()
        try await Workplace.with(config: "") { place in
            let file = try place.write("password", "two words\n")
            try Self.configure(place, server, #"user: ada, password_file: "\#(file)""#)
            try place.writeFunction("pass", from: "a", to: "b")
            let produced = try await place.command.run("produce", "a", input: "{\"n\":1}\n")
            #expect(produced.status == 0, "\(produced.errors)")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            let read = try await place.command.run("read", "b", "--format", "data")
            #expect(read.lines == [#"{"n":1}"#])
        }
    }

    @Test func `what a user may not append to is told by name`() async throws {
        let server = try await NATSServer(
            settings: """
                authorization {
                  users: [{
                    user: ada, password: p, permissions: { publish: { deny: "moonrail.a.*" } }
                  }]
                }
                """)
        try await Workplace.with(config: "") { place in
            let file = try place.write("password", "p\n")
            try Self.configure(place, server, #"user: ada, password_file: "\#(file)""#)
            let produced = try await place.command.run("produce", "a", input: "{\"n\":1}\n")
            #expect(produced.status == 5)
            #expect(
                produced.errors.contains("Permissions Violation for Publish to \"moonrail.a.0\""),
                "\(produced.errors)")
        }
    }

    @Test func `a worker whose login is no longer taken ends with the reason`() async throws {
        let server = try await NATSServer(settings: "authorization { token: before }")
        try await Workplace.with(config: "") { place in
            let file = try place.write("token", "before\n")
            try Self.configure(place, server, #"token_file: "\#(file)""#)
            try place.writeFunction("pass", from: "a", to: "b")
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let produced = try await place.command.run("produce", "a", input: "{\"n\":1}\n")
            #expect(produced.status == 0, "\(produced.errors)")
            // The worker is past its start once an event came through.
            for _ in 0..<200 {
                let read = try await place.command.run("read", "b", "--format", "data")
                if !read.lines.isEmpty { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            server.kill()
            try server.configure("authorization { token: after }")
            try await server.start()
            let result = try await worker.finish(within: 60)
            #expect(result.status == 5)
            #expect(
                result.errors.contains("the broker lets this login in no longer"),
                "\(result.errors)")
            #expect(result.errors.contains("Authorization Violation"), "\(result.errors)")
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
