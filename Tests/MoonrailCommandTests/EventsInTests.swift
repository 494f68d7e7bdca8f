import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Events that come in over HTTP, one by one and by the line.
@Suite struct EventsInTests {
    static let json = ["Content-Type": "application/json"]
    static let lines = ["Content-Type": "application/x-ndjson"]

    @Test func `a JSON document is one event, and the answer says where it is`() async throws {
        try await APIPlace.with { api in
            let first = try api.post("s", Self.json, "{\n  \"a\": 1\n}")
            #expect(first.status == 201)
            #expect(
                try first.json()
                    == .object([
                        "station": .string("s"), "partition": .integer(0), "offset": .integer(0),
                        "id": .string("s/0/0"), "duplicate": .bool(false),
                    ]))
            let read = try api.get("stations/s/events?format=data")
            #expect(read.body == "{   \"a\": 1 }\n")
        }
    }

    @Test func `an idempotency key makes a repetition the first event again`() async throws {
        try await APIPlace.with { api in
            let headers = Self.json.merging(["Idempotency-Key": "\"k-1\""]) { $1 }
            #expect(try api.post("s", headers, "1").status == 201)
            let again = try api.post("s", headers, "1")
            #expect(again.status == 200)
            #expect(try again.json()["duplicate"] == .bool(true))
            #expect(try again.json()["offset"] == .integer(0))
            #expect(try again.json()["id"] == .string("k-1"))
            let other = try api.post("s", headers, "2")
            #expect(other.status == 409)
            #expect(try other.json()["type"] == .string("/problems/id-conflict"))
            #expect(try other.json()["offset"] == .integer(0))
        }
    }

    @Test func `a body of lines is repeated by one idempotency key as a whole`() async throws {
        try await APIPlace.with { api in
            let headers = Self.lines.merging(["Idempotency-Key": "run 7"]) { $1 }
            let first = try api.post("s", headers, "1\n2\n").jsonLines()
            #expect(first.map { $0["id"] } == [.string("run 7/1"), .string("run 7/2")])
            let again = try api.post("s", headers, "1\n3\n").jsonLines()
            #expect(again[0]["duplicate"] == .bool(true))
            #expect(again[1]["error"]?["status"] == .integer(409))
        }
    }

    @Test func `each line has its answer, in the order of the lines`() async throws {
        try await APIPlace.with { api in
            let answer = try api.post(
                "s", Self.lines, "{\"id\":\"a\"}\n\nx\n{\"id\":\"a\"}\n{\"id\":[1]}\n",
                query: "?id=id")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
            let lines = try answer.jsonLines()
            #expect(lines.map { $0["line"] } == [1, 3, 4, 5].map { .integer($0) })
            #expect(
                lines[0]
                    == .object([
                        "line": .integer(1), "partition": .integer(0), "offset": .integer(0),
                        "id": .string("a"), "duplicate": .bool(false),
                    ]))
            #expect(lines[1]["error"]?["status"] == .integer(400))
            #expect(lines[2]["duplicate"] == .bool(true))
            #expect(lines[3]["error"]?["status"] == .integer(422))
            #expect(lines[3]["error"]?["field"] == .string("id"))
        }
    }

    @Test func `more lines than are answered one by one end the answer and not the client`()
        async throws
    {
        try await APIPlace.with { api in
            let answer = try api.post(
                "s", Self.lines, String(repeating: "1\n", count: 100_002))
            let lines = try answer.jsonLines()
            #expect(lines.count == 100_001)
            #expect(lines.last?["line"] == .integer(100_001))
            #expect(lines.last?["error"]?["status"] == .integer(413))
            #expect(lines.last?["error"]?["limit"] == .integer(100_000))
            let station = try api.get("stations/s").json()
            #expect(station["events"] == .integer(100_000))
        }
    }

    @Test func `the key comes from a header or from a field`() async throws {
        try await APIPlace.with { api in
            let keyed = Self.json.merging(["moonrail-key": "truck 7"]) { $1 }
            #expect(try api.post("s", keyed, "{}").status == 201)
            #expect(
                try api.post("s", Self.json, "{\"k\":5}", query: "?key=k").status == 201)
            let read = try api.get("stations/s/events").jsonLines()
            #expect(read.map { $0["key"] } == [.string("truck 7"), .string("5")])
            #expect(try api.post("s", keyed, "{}", query: "?key=k").status == 400)
        }
    }

    @Test(arguments: [
        ("text/plain", "x", 415, "unsupported-media-type"),
        ("application/x-www-form-urlencoded", "a=1", 415, "unsupported-media-type"),
        ("application/json; charset=latin1", "1", 415, "unsupported-media-type"),
        ("application/cloudevents+xml", "<a/>", 415, "unsupported-media-type"),
        ("nonsense", "1", 415, "unsupported-media-type"),
        ("application/json", "", 400, "event-malformed"),
        ("application/json", "{", 400, "event-malformed"),
        ("application/json", "1 2", 400, "event-malformed"),
        ("application/json", "[]", 422, "event-invalid"),
        ("application/cloudevents+json", "[]", 400, "event-malformed"),
        ("application/cloudevents+json", "{}", 422, "event-invalid"),
        ("application/cloudevents-batch+json", "{}", 400, "event-malformed"),
        ("application/cloudevents-batch+json", "[{}]", 422, "event-invalid"),
    ])
    func `what can't be taken is answered with its status`(
        type: String, body: String, status: Int, slug: String
    ) async throws {
        try await APIPlace.with { api in
            let query = slug == "event-invalid" && body == "[]" ? "?id=id" : ""
            let answer = try api.post("s", ["Content-Type": type], body, query: query)
            #expect(answer.status == status)
            #expect(try answer.json()["type"] == .string("/problems/" + slug))
            #expect(try api.get("stations/s").json()["events"] == .integer(0))
        }
    }

    @Test func `a payload over the limit is refused with the limit`() async throws {
        try await APIPlace.with(config: "event_bytes: 8B\n") { api in
            let answer = try api.post("s", Self.json, "\"12345678\"")
            #expect(answer.status == 413)
            #expect(try answer.json()["type"] == .string("/problems/event-too-large"))
            #expect(try answer.json()["limit"] == .integer(8))
        }
    }

    @Test func `one event is appended only where the last one is the expected one`() async throws {
        try await APIPlace.with { api in
            #expect(try api.post("s", Self.json, "1", query: "?expect_last=none").status == 201)
            let late = try api.post("s", Self.json, "2", query: "?expect_last=none")
            #expect(late.status == 412)
            #expect(try late.json()["actual"] == .integer(0))
            #expect(try api.post("s", Self.json, "2", query: "?expect_last=0").status == 201)
        }
    }
}
