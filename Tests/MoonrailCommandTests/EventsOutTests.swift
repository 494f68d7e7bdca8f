import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Events that go out over HTTP: pages, waiting for the next one, server-sent events.
@Suite struct EventsOutTests {
    static let page = ["Accept": "application/json"]

    private static func produce(_ payloads: [String], _ api: APIPlace) throws {
        let body = payloads.map { $0 + "\n" }.joined()
        #expect(try api.post("s", EventsInTests.lines, body).status == 200)
    }

    @Test func `pages lead from one to the next without a gap or a repetition`() async throws {
        try await APIPlace.with { api in
            try Self.produce((0..<250).map { "\($0)" }, api)
            var seen: [JSONValue?] = []
            var from = "earliest"
            for _ in 0..<4 {
                let page = try api.get("stations/s/events?from=\(from)", Self.page).json()
                seen += try #require(page["events"]).elements.map { $0["data"] }
                guard case .string(let next)? = page["next"] else { break }
                from = next
            }
            #expect(seen == (0..<250).map { .integer($0) })
            #expect(from == "0:250")
        }
    }

    @Test func `a position tells of all partitions`() async throws {
        try await APIPlace.with { api in
            _ = try SocketClient.send(
                "PUT", "/v1/stations/wide", body: "{\"partitions\":3}", to: api.socket)
            for number in 0..<30 {
                _ = try api.post(
                    "wide", ["Content-Type": "application/json", "moonrail-key": "\(number)"],
                    "\(number)")
            }
            var seen: Set<JSONValue> = []
            var from = "earliest"
            while true {
                let page = try api.get(
                    "stations/wide/events?limit=7&from=\(from)", Self.page
                ).json()
                let events = try #require(page["events"]).elements
                guard case .string(let next)? = page["next"], !events.isEmpty else { break }
                for event in events { #expect(seen.insert(try #require(event["data"])).inserted) }
                from = next
            }
            #expect(seen.count == 30)
            #expect(from.split(separator: ",").count == 3)
        }
    }

    @Test func `a page waits for its first event`() async throws {
        try await APIPlace.with { api in
            let socket = api.socket
            async let waiting = Task.detached {
                try SocketClient.send(
                    "GET", "/v1/stations/s/events?from=latest&wait=30s", headers: Self.page,
                    to: socket)
            }.value
            // However late the wait begins: it is asked for a place behind each of these.
            var answer: SocketClient.Answer?
            for number in 0..<200 where answer == nil {
                try await Task.sleep(for: .milliseconds(20))
                try Self.produce(["\(number)"], api)
                if number == 10 { answer = try await waiting }
            }
            let page = try #require(answer).json()
            #expect(try #require(page["events"]).elements.isEmpty == false)
        }
    }

    @Test func `a page that waited in vain is empty and says where to go on`() async throws {
        try await APIPlace.with { api in
            try Self.produce(["1"], api)
            let page = try api.get("stations/s/events?from=latest&wait=50ms", Self.page)
            #expect(page.status == 200)
            #expect(try page.json() == .object(["events": .array([]), "next": .string("0:1")]))
        }
    }

    @Test(arguments: [
        ("?wait=2h", "application/json", 400), ("?wait=1s", "application/x-ndjson", 400),
        ("?from=0:1:2", "application/json", 400), ("?from=x:1", "application/json", 400),
        ("?follow=true", "application/json", 400), ("?format=data", "text/event-stream", 400),
        ("", "image/png", 406), ("", "application/json;q=0", 406), ("", "*/*", 200),
        ("", "text/html, application/xhtml+xml, */*;q=0.8", 200), ("?format=data", "*/*", 200),
        ("?from=0:0", "application/json", 200),
    ])
    func `forms and places that can't be meant are refused`(
        query: String, accept: String, status: Int
    ) async throws {
        try await APIPlace.with { api in
            let answer = try api.get("stations/s/events\(query)", ["Accept": accept])
            #expect(answer.status == status)
        }
    }

    @Test func `the form that the client likes best is given`() async throws {
        try await APIPlace.with { api in
            try Self.produce(["1"], api)
            for (accept, type) in [
                ("application/json, application/x-ndjson;q=0.5", "application/json"),
                ("application/json;q=0.4, application/x-ndjson;q=0.5", "application/x-ndjson"),
                ("application/cloudevents-batch+json", "application/cloudevents-batch+json"),
            ] {
                let answer = try api.get("stations/s/events", ["Accept": accept])
                #expect(answer.headers["content-type"] == type)
            }
        }
    }

    @Test func `an event stream begins with its place and gives each event the next one`()
        async throws
    {
        try await APIPlace.with { api in
            try Self.produce(["1", "2", "3"], api)
            let stream = try api.get(
                "stations/s/events?limit=2", ["Accept": "text/event-stream"])
            #expect(stream.headers["content-type"] == "text/event-stream")
            let blocks = stream.body.split(separator: "\n\n").map(String.init)
            #expect(blocks.count == 3)
            #expect(blocks[0] == "retry: 1000\nid: 0:0")
            #expect(blocks[1].hasPrefix("id: 0:1\ndata: {\"station\":\"s\""))
            #expect(blocks[2].hasPrefix("id: 0:2\ndata: "))
            let resumed = try api.get(
                "stations/s/events?limit=1&from=earliest",
                ["Accept": "text/event-stream", "Last-Event-ID": "0:2"])
            #expect(resumed.body.contains("id: 0:3\ndata: "))
            #expect(resumed.body.contains("\"data\":3}"))
        }
    }

    @Test func `a reader that does not read costs no memory`() async throws {
        try await APIPlace.with { api in
            let payload = "\"" + String(repeating: "x", count: 100_000) + "\""
            for _ in 0..<20 { try Self.produce(Array(repeating: payload, count: 50), api) }
            let before = try Self.memoryKiB(api)
            let readers = try (0..<8).map { _ in
                try SocketClient.open(
                    "GET", "/v1/stations/s/events", ["Accept": "text/event-stream"],
                    to: api.socket)
            }
            for _ in 0..<20 { try Self.produce(["1"], api) }
            let after = try Self.memoryKiB(api)
            readers.forEach { SocketClient.close($0) }
            // Of 100 MB each, a batch or two may be on their way.
            #expect(after - before < 120 << 10)
        }
    }

    private static func memoryKiB(_ api: APIPlace) throws -> Int {
        guard case .integer(let pid)? = try api.get("worker").json()["pid"] else { return 0 }
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0
    }
}
