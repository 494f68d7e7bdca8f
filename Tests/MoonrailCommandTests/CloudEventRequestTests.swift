import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// CloudEvents in their three modes, in and out.
@Suite struct CloudEventRequestTests {
    static let structured = ["Content-Type": "application/cloudevents+json"]
    static let batch = ["Content-Type": "application/cloudevents-batch+json"]
    static let accepted = ["Accept": "application/cloudevents-batch+json"]

    static let event = """
        {"specversion":"1.0","id":"1","source":"/trucks","type":"t.moved","subject":"7",\
        "time":"2026-01-31T08:00:00.5+01:00","partitionkey":"7","datacontenttype":\
        "application/json","data":{"b": 2.50, "a": [1, "\\u00e9"]}}
        """

    @Test func `a structured event comes out as it went in`() async throws {
        try await APIPlace.with { api in
            let answer = try api.post("s", Self.structured, Self.event)
            #expect(answer.status == 201)
            #expect(try answer.json()["id"] == .string("1"))
            let read = try api.get("stations/s/events", Self.accepted)
            #expect(read.headers["content-type"] == "application/cloudevents-batch+json")
            #expect(read.headers["moonrail-next"] == "0:1")
            #expect(try read.json() == .array([try JSONValue(parsing: Array(Self.event.utf8))]))
            #expect(read.body.contains(#""data":{"b": 2.50, "a": [1, "\u00e9"]}"#))
            let line = try api.get("stations/s/events").jsonLines()
            #expect(line[0]["key"] == .string("7"))
            #expect(line[0]["type"] == .string("t.moved"))
            #expect(line[0]["time"] == .string("2026-01-31T07:00:00.500Z"))
        }
    }

    @Test func `id and source together tell a repetition`() async throws {
        try await APIPlace.with { api in
            let first = try api.post("s", Self.structured, Self.event)
            #expect(first.status == 201)
            #expect(try api.post("s", Self.structured, Self.event).status == 200)
            let elsewhere = Self.event.replacing("/trucks", with: "/ships")
            #expect(try api.post("s", Self.structured, elsewhere).status == 201)
            let changed = Self.event.replacing("2.50", with: "2.51")
            #expect(try api.post("s", Self.structured, changed).status == 409)
        }
    }

    @Test func `a batch is answered event by event`() async throws {
        try await APIPlace.with { api in
            let other = Self.event.replacing("\"id\":\"1\"", with: "\"id\":\"2\"")
            let changed = Self.event.replacing("2.50", with: "2.51")
            let answer = try api.post(
                "s", Self.batch, "[\(Self.event),\(other),\(Self.event),\(changed)]")
            #expect(answer.status == 200)
            let answers = try answer.json().elements
            #expect(answers.prefix(3).map { $0["offset"] } == [0, 1, 0].map { .integer($0) })
            #expect(
                answers.prefix(3).map { $0["duplicate"] } == [false, false, true].map { .bool($0) })
            #expect(answers[3]["error"]?["status"] == .integer(409))
        }
    }

    @Test func `an event that can't be taken leaves its whole batch out, and is named`()
        async throws
    {
        try await APIPlace.with { api in
            let bad = Self.event.replacing("\"type\":\"t.moved\",", with: "")
            let answer = try api.post("s", Self.batch, "[\(Self.event),\(bad)]")
            #expect(answer.status == 422)
            #expect(try answer.json()["index"] == .integer(1))
            #expect(try answer.json()["field"] == .string("type"))
            #expect(try api.get("stations/s").json()["events"] == .integer(0))
        }
    }

    @Test func `in the binary mode headers are attributes and the body is data of any type`()
        async throws
    {
        try await APIPlace.with { api in
            let answer = try api.post(
                "s",
                [
                    "ce-specversion": "1.0", "ce-id": "a%20b", "ce-source": "/x",
                    "ce-type": "\"t\\\"1\"", "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80 100%",
                    "Content-Type": "text/plain",
                ], "no JSON")
            #expect(answer.status == 201)
            let event = try api.get("stations/s/events", Self.accepted).json().elements[0]
            #expect(event["id"] == .string("a b"))
            #expect(event["type"] == .string("t\"1"))
            #expect(event["subject"] == .string("Euro € 😀 100%"))
            #expect(event["datacontenttype"] == .string("text/plain"))
            #expect(event["data"] == .string("no JSON"))
        }
    }

    @Test func `a CloudEvent belongs to the trace that it names, else to that of its request`()
        async throws
    {
        try await APIPlace.with { api in
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            let own = trace.replacing("4bf9", with: "5bf9")
            let attributes = ["ce-specversion": "1.0", "ce-source": "/x", "ce-type": "t"]
            for (id, more) in [("1", [:]), ("2", ["ce-traceparent": own])] {
                let headers = attributes.merging(
                    ["ce-id": id, "traceparent": trace].merging(more) { $1 }
                ) { $1 }
                #expect(try api.post("s", headers, "1").status == 201)
            }
            let events = try api.get("stations/s/events").jsonLines()
            #expect(
                events.map { $0["headers"]?["traceparent"] } == [.string(trace), .string(own)])
        }
    }

    @Test(arguments: [
        (#""datacontenttype":"image/png","data_base64":"AAEC/w==""#, #""data_base64":"AAEC/w==""#),
        (#""datacontenttype":"text/xml","data":"<much wow=\"xml\"/>""#, #"wow=\"xml\""#),
        (#""data":"text is JSON""#, #""data":"text is JSON""#),
        (#""data":null"#, #""data":null"#),
        (#""data_base64":"e30=""#, #""data_base64":"e30=""#),
        (#""custom":"x\u0041","count":17,"flag":true"#, #""custom":"xA""#),
    ])
    func `data keeps its form`(members: String, shown: String) async throws {
        try await APIPlace.with { api in
            let event = #"{"specversion":"1.0","id":"1","source":"s","type":"t",\#(members)}"#
            #expect(try api.post("s", Self.structured, event).status == 201)
            let read = try api.get("stations/s/events?format=cloudevents")
            #expect(read.body.contains(shown))
            #expect(read.body.contains(#""data""#) == members.contains(#""data""#))
        }
    }

    @Test(arguments: [
        (#""specversion":"0.3","id":"1","source":"s","type":"t""#, "specversion"),
        (#""specversion":"1.0","id":"","source":"s","type":"t""#, "id"),
        (#""specversion":"1.0","id":"1","source":"a b","type":"t""#, "source"),
        (#""specversion":"1.0","id":"1","source":"s","type":"t","time":"noon""#, "time"),
        (#""specversion":"1.0","id":"1","source":"s","type":"t","Bad":"x""#, "Bad"),
        (#""specversion":"1.0","id":"1","source":"s","type":"t","x":{}"#, "x"),
        (#""specversion":"1.0","id":"1","source":"s","type":"t","x":1.5"#, "x"),
        (#""specversion":"1.0","id":"1","id":"1","source":"s","type":"t""#, "id"),
        (#""specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?""#, "data_base64"),
        (
            #""specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"""#,
            "data_base64"
        ),
    ])
    func `what breaks the rules is refused with the attribute`(
        members: String, field: String
    ) async throws {
        try await APIPlace.with { api in
            let answer = try api.post("s", Self.structured, "{\(members)}")
            #expect(answer.status == 422)
            #expect(try answer.json()["field"] == .string(field))
        }
    }

    @Test func `an id that is longer than a station keeps is refused with the limit`() async throws
    {
        try await APIPlace.with { api in
            let long = Self.event.replacing(
                "\"id\":\"1\"", with: "\"id\":\"" + String(repeating: "x", count: 128) + "\"")
            let answer = try api.post("s", Self.structured, long)
            #expect(answer.status == 422)
            #expect(try answer.json()["limit"] == .integer(127))
        }
    }

    /// A JSON document as somebody may write it, on one line.
    private static func document(_ random: inout SeededGenerator, depth: Int = 0) -> String {
        let space = [" ", "", "\t"][random.number(0...2)]
        switch random.number(0...(depth > 4 ? 5 : 8)) {
        case 0: return "-1.50e3"
        case 1: return "true"
        case 2: return "null"
        case 3: return #""}{][,:\"\\\u0041é""#
        case 4: return "\"\""
        case 5: return "18446744073709551615"
        case 6:
            let elements = (0..<random.number(0...3)).map { _ in
                document(&random, depth: depth + 1)
            }
            return "[" + space + elements.joined(separator: "," + space) + space + "]"
        default:
            let members = (0..<random.number(0...3)).map { number in
                "\"n\(number)\"" + space + ":" + space + document(&random, depth: depth + 1)
            }
            return "{" + space + members.joined(separator: space + ",") + space + "}"
        }
    }

    @Test func `data of any shape keeps its bytes, wherever it stands in its event`() async throws {
        var random = SeededGenerator.printed()
        let documents = (0..<300).map { _ in Self.document(&random) }
        let events = documents.enumerated().map { number, document in
            var members = [
                #""specversion" : "1.0""#, #""id":"\#(number)""#, #""source":"s""#,
                #""type":"t""#, "\"data\": \(document) ",
            ]
            members.shuffle(using: &random)
            return "{" + members.joined(separator: " ,\n") + "}"
        }
        try await APIPlace.with { api in
            let body = "[" + events.joined(separator: ",\n ") + "]"
            let answers = try api.post("s", Self.batch, body).json().elements
            #expect(answers.map { $0["offset"] } == (0..<300).map { .integer($0) })
            let read = try api.get("stations/s/events?format=data").body
            #expect(read == documents.map { $0 + "\n" }.joined())
        }
    }

    @Test func `events that were none before have id, source and type too`() async throws {
        try await APIPlace.with { api in
            #expect(try api.post("s", ["Content-Type": "application/json"], "[1]").status == 201)
            let event = try api.get("stations/s/events", Self.accepted).json().elements[0]
            #expect(event["id"] == .string("s/0/0"))
            #expect(event["source"] == .string("/stations/s"))
            #expect(event["type"] == .string("moonrail.event"))
            #expect(event["data"] == .array([.integer(1)]))
            #expect(event["datacontenttype"] == nil)
        }
    }
}
