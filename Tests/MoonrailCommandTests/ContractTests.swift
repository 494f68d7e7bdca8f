import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// What `/openapi.json` says, held against a worker.
@Suite struct ContractTests {
    private static let script = """
        return {
          from = "raw", to = "clean", state = { initial = { count = 0 } },
          handler = function(event, context)
            if event.data.bad then context.reject("bad") end
            context.state.count = context.state.count + 1
            context.log("seen")
            return event.data
          end,
        }
        """

    /// Each operation once or more, with what it is to answer; in an order in which it can.
    private static func calls(backup: String) -> [(String, String, body: String, status: Int)] {
        let function = "/v1/functions/f"
        let groups = "/v1/stations/raw/consumers"
        let group = "/v1/stations/{station}/consumers/{group}"
        let token = "{\"name\":\"ci\",\"scopes\":[\"consume:**\"],\"expires_in\":3600}"
        return [
            ("GET /livez", "/livez", "", 200), ("GET /readyz", "/readyz", "", 200),
            ("GET /version", "/version", "", 200), ("GET /metrics", "/metrics", "", 200),
            ("GET /openapi.json", "/openapi.json", "", 200),
            ("GET /v1/worker", "/v1/worker", "", 200),
            ("GET /v1/stations", "/v1/stations", "", 200),
            ("GET /v1/stations/{station}", "/v1/stations/raw", "", 200),
            ("GET /v1/stations/{station}", "/v1/stations/X", "", 400),
            ("PUT /v1/stations/{station}", "/v1/stations/n", "{\"partitions\":2}", 201),
            ("PUT /v1/stations/{station}", "/v1/stations/n", "", 200),
            ("PATCH /v1/stations/{station}", "/v1/stations/n", "{\"retention\":null}", 200),
            ("DELETE /v1/stations/{station}", "/v1/stations/raw", "", 409),
            ("DELETE /v1/stations/{station}", "/v1/stations/n", "", 204),
            (
                "POST /v1/stations/{station}/events", "/v1/stations/n/events?id=n",
                "{\"n\":1}\nx\n", 200
            ),
            ("POST /v1/stations/{station}/events", "/v1/stations/n/events?expect_last=7", "1", 412),
            ("GET /v1/stations/{station}/events", "/v1/stations/raw/events", "", 200),
            ("GET /v1/stations/{station}/events", "/v1/stations/clean/events", "", 200),
            ("GET /v1/stations/{station}/events", "/v1/stations/n/events?format=data", "", 200),
            (
                "GET /v1/stations/{station}/trace", "/v1/stations/raw/trace?offset=0&partition=0",
                "", 200
            ),
            ("GET /v1/stations/{station}/trace", "/v1/stations/raw/trace", "", 400),
            ("GET /v1/functions", "/v1/functions", "", 200),
            ("GET /v1/lanes", "/v1/lanes", "", 200),
            ("GET /v1/functions/{function}", function, "", 200),
            ("GET /v1/functions/{function}", "/v1/functions/x", "", 404),
            ("GET /v1/functions/{function}/history", function + "/history", "", 200),
            (
                "GET /v1/functions/{function}/versions/{version}", function + "/versions/VERSION",
                "", 200
            ),
            ("GET /v1/functions/{function}/letters", function + "/letters?status=all", "", 200),
            (
                "GET /v1/functions/{function}/letters/{letter}", function + "/letters/LETTER", "",
                200
            ),
            (
                "POST /v1/functions/{function}/letters/{letter}/rehearsal",
                function + "/letters/LETTER/rehearsal", "", 200
            ),
            (
                "POST /v1/functions/{function}/letters/retry", function + "/letters/retry",
                "{\"all\":true}", 200
            ),
            (
                "POST /v1/functions/{function}/letters/skip", function + "/letters/skip",
                "{\"all\":true,\"because\":\"known\"}", 200
            ),
            ("POST /v1/functions/{function}/letters/skip", function + "/letters/skip", "", 400),
            (
                "GET /v1/functions/{function}/letters/{letter}", function + "/letters/LETTER", "",
                200
            ),
            ("GET /v1/functions/{function}/state", function + "/state", "", 200),
            ("GET /v1/functions/{function}/state/count", function + "/state/count", "", 200),
            ("GET /v1/functions/{function}/state/value", function + "/state/value?key=a", "", 200),
            (
                "GET /v1/functions/{function}/state/value", function + "/state/value?key=a&at=1",
                "", 200
            ),
            (
                "GET /v1/functions/{function}/state/history", function + "/state/history?key=a",
                "", 200
            ),
            (
                "POST /v1/functions/{function}/rehearsal", function + "/rehearsal?sample=raw",
                script, 200
            ),
            ("POST /v1/functions/{function}/rehearsal", function + "/rehearsal", "", 400),
            (
                "POST /v1/functions/{function}/history/diff", function + "/history/diff",
                script.replacingOccurrences(of: "return event.data", with: "return {}"), 200
            ),
            ("POST /v1/functions/{function}/history/verify", function + "/history/verify", "", 200),
            ("PUT /v1/functions/{function}/source", function + "/source", script, 200),
            ("PUT /v1/functions/{function}/source", function + "/source", "return 1", 422),
            ("POST /v1/functions/{function}/pause", function + "/pause", "{}", 200),
            ("POST /v1/functions/{function}/resume", function + "/resume", "", 200),
            ("POST /v1/functions/{function}/rollback", function + "/rollback", "", 409),
            (
                "POST /v1/functions/{function}/reset", function + "/reset",
                "{\"to\":\"0\",\"plan\":true}", 200
            ),
            (
                "POST /v1/functions/{function}/reset", function + "/reset",
                "{\"to\":\"earliest\",\"outputs\":\"shadow\"}", 200
            ),
            ("GET /v1/functions/{function}/replays", function + "/replays", "", 200),
            ("POST /v1/functions/{function}/shadow/compare", function + "/shadow/compare", "", 200),
            ("POST /v1/functions/{function}/shadow/swap", function + "/shadow/swap", "{}", 200),
            ("POST /v1/functions/{function}/shadow/drop", function + "/shadow/drop", "{}", 200),
            (
                "POST /v1/functions/{function}/rename", function + "/rename", "{\"to\":\"g\"}", 200
            ),
            ("PUT " + group, groups + "/g", "", 201), ("PUT " + group, groups + "/g", "", 200),
            ("GET " + group + "/events", groups + "/g/events", "", 200),
            (
                "POST " + group + "/commit", groups + "/g/commit",
                "{\"from\":\"0:0\",\"to\":\"0:2\"}", 200
            ),
            (
                "POST " + group + "/commit", groups + "/g/commit",
                "{\"from\":\"0:0\",\"to\":\"0:1\"}", 409
            ),
            ("GET " + group, groups + "/g", "", 200), ("GET " + group, groups + "/x", "", 404),
            ("GET /v1/stations/{station}/consumers", groups, "", 200),
            ("GET /v1/consumers", "/v1/consumers", "", 200),
            ("DELETE " + group, groups + "/g", "", 204),
            ("POST /v1/tokens", "/v1/tokens", token, 201),
            ("POST /v1/tokens", "/v1/tokens", token, 409),
            ("GET /v1/tokens", "/v1/tokens", "", 200),
            ("DELETE /v1/tokens/{token}", "/v1/tokens/ci", "", 204),
            ("DELETE /v1/tokens/{token}", "/v1/tokens/ci", "", 404),
            ("POST /v1/store/backups", "/v1/store/backups", "{\"file\":\"\(backup)\"}", 201),
            ("POST /v1/store/backups", "/v1/store/backups", "{\"file\":\"\(backup)\"}", 409),
            ("GET /v1/store/check", "/v1/store/check", "", 200),
        ]
    }

    private static func withWorker(
        _ body: (_ socket: String, Workplace) async throws -> Void
    ) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", script)
            try await place.command.run(
                "produce", "raw", "--key", "k",
                input: "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\",\"bad\":true}\n{\"k\":\"a\",\"n\":2}\n")
            try await place.command.run("run", "--until-idle")
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            for _ in 0..<1_000 {
                if try SocketClient.send("GET", "/readyz", to: socket).status == 200 { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            try await body(socket, place)
            worker.send(SIGTERM)
            #expect(try await worker.finish().status == 0)
        }
    }

    @Test func `every operation answers as the document tells`() async throws {
        try await Self.withWorker { socket, place in
            let document = try OpenAPIDocumentText(
                try SocketClient.send("GET", "/openapi.json", to: socket))
            let backup = place.folder.appendingPathComponent("backup").path
            let calls = Self.calls(backup: backup)
            // It streams until the worker ends; `TailTests` read its lines as messages.
            let tried = Set(calls.map(\.0)).union(["GET /v1/invocations"])
            #expect(document.operations == tried)
            let letters = try SocketClient.send("GET", "/v1/functions/f/letters", to: socket)
            let letter = try JSONValue(parsing: Array(letters.body.utf8)).elements.first?["id"]
            let function = try SocketClient.send("GET", "/v1/functions/f", to: socket)
            let version = try JSONValue(parsing: Array(function.body.utf8))["version"]
            for (name, target, body, status) in calls {
                let parts = name.split(separator: " ")
                let target = target.replacingOccurrences(of: "LETTER", with: letter?.text ?? "")
                    .replacingOccurrences(of: "VERSION", with: version?.text ?? "")
                let answer = try SocketClient.send(String(parts[0]), target, body: body, to: socket)
                #expect(answer.status == status, "\(name) \(target): \(answer.body)")
                let mistakes = try document.mistakes(in: answer, of: name)
                #expect(mistakes.isEmpty, "\(name) \(target): \(answer.body)")
                #expect(answer.headers["x-request-id"]?.count == 32)
            }
        }
    }

    @Test func `every operation says what it demands of who calls`() async throws {
        try await Self.withWorker { socket, _ in
            let document = try OpenAPIDocumentText(
                try SocketClient.send("GET", "/openapi.json", to: socket))
            let open = document.operations.filter {
                document.operation($0)["security"] == []
            }
            #expect(
                open == ["GET /livez", "GET /readyz", "GET /version", "GET /openapi.json"])
            let roles: Set<JSONValue> = ["produce", "consume", "operate", "admin"]
            for name in document.operations.subtracting(open) {
                let operation = document.operation(name)
                let demanded = operation["security"]?.elements.first?["bearer"]?.elements ?? []
                #expect(demanded.count == 1 && roles.isSuperset(of: demanded), "\(name)")
                #expect(operation["responses"]?["401"] != nil, "\(name)")
                #expect(operation["responses"]?["403"] != nil, "\(name)")
            }
        }
    }

    @Test func `a method that a path does not have is answered by those that it has`() async throws
    {
        try await Self.withWorker { socket, _ in
            let answer = try SocketClient.send("POST", "/v1/stations/s", to: socket)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "DELETE, GET, PATCH, PUT")
            #expect(try SocketClient.send("HEAD", "/livez", to: socket).status == 405)
        }
    }

    @Test func `a sane request id is taken over, and stands in problems`() async throws {
        try await Self.withWorker { socket, _ in
            let taken = try SocketClient.send(
                "GET", "/v1/stations/x", headers: ["X-Request-ID": "abc-1"], to: socket)
            #expect(taken.headers["x-request-id"] == "abc-1")
            #expect(try JSONValue(parsing: Array(taken.body.utf8))["request_id"] == "abc-1")
            let made = try SocketClient.send(
                "GET", "/v1/stations/x", headers: ["X-Request-ID": "a b"], to: socket)
            #expect(made.headers["x-request-id"]?.count == 32)
        }
    }

    @Test func `a process without a worker lives, and is not ready`() async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s")
            let owner = try place.command.start(["read", "s", "--follow"])
            try await place.waitUntilServed()
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            #expect(try SocketClient.send("GET", "/livez", to: socket).status == 200)
            let ready = try SocketClient.send("GET", "/readyz", to: socket)
            #expect(ready.status == 503)
            #expect(ready.body.contains("no worker runs in the process that answers"))
            owner.send(SIGTERM)
            _ = try await owner.finish()
        }
    }
}

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
