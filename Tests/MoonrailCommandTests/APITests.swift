import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// The API as other programs use it, served by a command that follows a station.
@Suite struct APITests {
    private static func withServer(
        config: String? = nil, _ body: (_ socket: String, _ owner: Int32) async throws -> Void
    ) async throws {
        try await Workplace.with(config: config) { place in
            try await place.command.run("station", "create", "s")
            let owner = try place.command.start(["read", "s", "--follow"])
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await body(socket, owner.processID)
            owner.send(SIGTERM)
            _ = try await owner.finish()
        }
    }

    private static func members(_ answer: SocketClient.Answer) throws -> [String: JSONValue] {
        try JSONDecoder().decode([String: JSONValue].self, from: Data(answer.body.utf8))
    }

    @Test func `it tells which process answers`() async throws {
        try await Self.withServer { socket, owner in
            let answer = try SocketClient.send("GET", "/v1/worker", to: socket)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            let members = try Self.members(answer)
            #expect(members["pid"] == .integer(Int64(owner)))
            #expect(members["role"] == .string("command"))
            #expect(Set(members.keys) == ["pid", "role", "started", "version"])
        }
    }

    @Test(arguments: [
        ("GET", "/v1/nothing", 404, "route-not-found"),
        ("POST", "/v1/stations/s", 405, "method-not-allowed"),
        ("PATCH", "/v1/stations/x", 404, "station-not-found"),
        ("GET", "/v1/stations/s/events?key=a&from=-1", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?key=a&partition=1", 404, "partition-not-found"),
        ("POST", "/v1/stations/s/events?expect_last=x", 400, "bad-request"),
        ("POST", "/v1/stations/s/events?expect_last=1", 400, "bad-request"),
        ("POST", "/v1/stations/s/events?partition=0", 400, "bad-request"),
        (
            "POST", "/v1/stations/s/events?expect_last=1&expect_key=a&partition=0", 400,
            "bad-request"
        ),
        ("GET", "/v1/stations/x", 404, "station-not-found"),
        ("GET", "/v1/stations/X", 400, "bad-request"),
        ("GET", "/v1/functions/x", 404, "function-not-found"),
        ("GET", "/v1/stations/x/events", 404, "station-not-found"),
        ("GET", "/v1/stations/s/events?partition=1", 404, "partition-not-found"),
        ("GET", "/v1/stations/s/events?partition=x", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?limit=-1", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?form=earliest", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?format=xml", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?follow=maybe", 400, "bad-request"),
        ("GET", "/v1/stations/s/events?limit=1&limit=2", 400, "bad-request"),
        ("POST", "/v1/stations/s/events?key=", 400, "bad-request"),
        ("DELETE", "/v1/stations/x", 404, "station-not-found"),
        ("GET", "/v1/functions/x/letters", 404, "function-not-found"),
        ("GET", "/v1/functions/x/letters?status=gone", 400, "bad-request"),
        ("GET", "/v1/functions/x/letters/1", 404, "function-not-found"),
        ("POST", "/v1/functions/x/letters/retry", 400, "bad-request"),
        ("POST", "/v1/functions/x/letters/skip", 400, "bad-request"),
        ("POST", "/v1/functions/x/letters/1/rehearsal", 404, "function-not-found"),
        ("POST", "/v1/functions/x/resume", 404, "function-not-found"),
        ("POST", "/v1/store/backups", 400, "bad-request"),
    ])
    func `an error is a problem document`(
        method: String, target: String, status: Int, slug: String
    ) async throws {
        try await Self.withServer { socket, _ in
            let answer = try SocketClient.send(method, target, to: socket)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            let members = try Self.members(answer)
            #expect(members["type"] == .string("/problems/" + slug))
            #expect(members["status"] == .integer(Int64(status)))
        }
    }

    @Test func `the line at which a body breaks off is not taken for a shorter one`() async throws {
        try await Self.withServer { socket, _ in
            try SocketClient.breakOff(
                "POST", "/v1/stations/s/events", body: "1\n2\n345", announcedBytes: 100, to: socket)
            // Whoever is served after it was seen to be gone finds nothing of it.
            for _ in 0..<20 {
                _ = try SocketClient.send(
                    "POST", "/v1/stations/other/events", body: "1\n", to: socket)
            }
            let read = try SocketClient.send(
                "GET", "/v1/stations/s/events?format=data", to: socket)
            #expect(read.status == 200)
            #expect(!read.body.contains("345"))
        }
    }

    @Test func `a mistyped parameter names the one that was meant`() async throws {
        try await Self.withServer { socket, _ in
            let answer = try SocketClient.send(
                "GET", "/v1/stations/s/events?form=earliest", to: socket)
            #expect(
                try Self.members(answer)["detail"]
                    == .string("parameter 'form' is not known; did you mean 'from'?"))
        }
    }

    @Test func `a station is new once, then the same, then in conflict`() async throws {
        try await Self.withServer { socket, _ in
            let bodies = [
                ("{\"partitions\":2}", 201), ("{\"partitions\":2}", 200), ("", 200),
                ("{\"partitions\":3}", 409), ("{\"partitions\":0}", 400),
                ("{\"partitions\":\"x\"}", 400), ("[", 400), ("[]", 400),
                ("{\"partitons\":2}", 400), ("{\"partitions\":2,\"retention\":{}}", 200),
                (String(repeating: " ", count: 70_000), 413),
            ]
            for (body, status) in bodies {
                let answer = try SocketClient.send(
                    "PUT", "/v1/stations/n", body: body, to: socket)
                #expect(answer.status == status)
            }
            let deleted = try SocketClient.send("DELETE", "/v1/stations/n", to: socket)
            #expect(deleted.status == 204)
        }
    }

    @Test func `a client that prefers a short answer gets the sum of what became of its lines`()
        async throws
    {
        try await Self.withServer { socket, _ in
            let answer = try SocketClient.send(
                "POST", "/v1/stations/t/events?key=k%2Eey&id=id",
                body: "{\"id\":1,\"k\":{\"ey\":\"a b\"}}\nx\n",
                headers: ["Prefer": "return=minimal"], to: socket)
            #expect(answer.status == 200)
            #expect(answer.headers["preference-applied"] == "return=minimal")
            let members = try Self.members(answer)
            #expect(members["accepted"] == .integer(1))
            #expect(members["duplicates"] == .integer(0))
            #expect(members["rejected"] == .integer(1))
            let read = try SocketClient.send("GET", "/v1/stations/t/events", to: socket)
            #expect(read.headers["content-type"] == "application/x-ndjson")
            #expect(read.body.contains(#""id":"1","key":"a b""#))
        }
    }

    @Test func `a backup's file is named by an absolute path`() async throws {
        try await Self.withServer { socket, _ in
            let answer = try SocketClient.send(
                "POST", "/v1/store/backups", body: "{\"file\":\"monday.sqlite\"}", to: socket)
            #expect(answer.status == 400)
            #expect(answer.body.contains("must be an absolute path"))
        }
    }

    @Test func `an expectation that fails tells programs what is there`() async throws {
        try await Self.withServer { socket, _ in
            let target = "/v1/stations/s/events?expect_last=none"
            let first = try SocketClient.send("POST", target, body: "1\n", to: socket)
            #expect(first.status == 200)
            let second = try SocketClient.send("POST", target, body: "2\n", to: socket)
            #expect(second.status == 412)
            let members = try Self.members(second)
            #expect(members["type"] == .string("/problems/expectation-failed"))
            #expect(members["actual"] == .integer(0))
            #expect(members["partition"] == .integer(0))
        }
    }

    @Test func `a body over the bound is refused`() async throws {
        try await Self.withServer { socket, _ in
            let body = String(repeating: "1\n", count: (8 << 20) + 1)
            let answer = try SocketClient.send(
                "POST", "/v1/stations/s/events", body: body, to: socket)
            #expect(answer.status == 413)
            #expect(try Self.members(answer)["type"] == .string("/problems/too-large"))
        }
    }
}
