import MoonrailCore
import MoonrailTestSupport
import Testing

struct CloudEventTests {
    private static let now = EventTime(microseconds: 1_767_225_600_000_000)

    private static func stored(_ event: Event) throws -> StoredEvents {
        var records = EventRecords()
        records.append(event)
        return StoredEvents(
            station: try StationName("s"), partition: 2, records: records, offsets: [7])
    }

    private static func valid(_ more: [String: String] = [:]) -> [String: String] {
        ["id": "1", "source": "/a", "type": "t"].merging(more) { $1 }
    }

    @Test func `random events come back from a station as they went in`() throws {
        var random = SeededGenerator.printed()
        let texts = ["x", "é €", "a%20b", "\"quoted\"", " spaces ", "🙂", "1"]
        for _ in 0..<300 {
            var attributes = Self.valid(["time": "2026-01-31T08:00:00Z"])
            if random.once(in: 2) { attributes["partitionkey"] = texts[random.number(0...6)] }
            if random.once(in: 2) { attributes["time"] = "2026-01-31T08:00:00.1234567+01:00" }
            if random.once(in: 2) { attributes["subject"] = texts[random.number(0...6)] }
            if random.once(in: 2) { attributes["datacontenttype"] = "text/plain" }
            for _ in 0..<random.number(0...5) {
                attributes["ext\(random.number(0...9))"] = texts[random.number(0...6)]
            }
            attributes["id"] = texts[random.number(0...6)]
            let event = CloudEvent(
                attributes: attributes, payload: [UInt8](texts[random.number(0...6)].utf8),
                isJSON: random.once(in: 2))
            let events = try Self.stored(try event.event(now: Self.now))
            #expect(CloudEvent(events, 0) == event)
        }
    }

    @Test func `any text comes back from a header`() {
        for text in ["", "a b", "100%", "%41", "\"", "é€🙂", "~!@#$^&*()", "back\\slash", "\u{7F}"] {
            let header = CloudEventHeader.encoded(text)
            #expect(header.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            #expect(CloudEventHeader.decoded(header) == text)
        }
    }

    /// Those of the specification among them.
    @Test(arguments: [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"), ("\"a \\\"b\\\" c\"", "a \"b\" c"),
        ("%e2%82%ac", "€"), ("%zz%4", "%zz%4"), ("%2541", "%41"), ("\"%20\"", " "),
    ])
    func `headers are unquoted and decoded once`(header: String, text: String) {
        #expect(CloudEventHeader.decoded(header) == text)
    }

    @Test func `what is not UTF-8 is no text`() {
        #expect(CloudEventHeader.decoded("%C3%28") == nil)
        #expect(CloudEventHeader.decoded("%FF") == nil)
    }

    @Test func `a time of another zone is the same moment, and keeps its text`() throws {
        let event = CloudEvent(
            attributes: Self.valid(["time": "2026-01-31T08:00:00+05:30"]), payload: [],
            isJSON: false)
        let stored = try event.event(now: Self.now)
        #expect(stored.time.description == "2026-01-31T02:30:00Z")
        #expect(stored.headers.contains(.init("time", "2026-01-31T08:00:00+05:30")))
    }

    @Test func `bounds are named with the attribute`() {
        for (name, bytes, limit) in [
            ("type", 256, 255), ("partitionkey", 1_025, 1_024), ("id", 126, 127),
        ] {
            let event = CloudEvent(
                attributes: Self.valid([name: String(repeating: "x", count: bytes)]), payload: [],
                isJSON: false)
            let error = #expect(throws: InvalidCloudEvent.self) {
                try event.event(now: Self.now)
            }
            #expect(error?.attribute == name)
            #expect(error?.limit == limit)
        }
        let large = CloudEvent(
            attributes: Self.valid(["x": String(repeating: "x", count: 16_400)]), payload: [],
            isJSON: false)
        #expect(throws: InvalidCloudEvent.self) { try large.event(now: Self.now) }
    }

    @Test func `headers that can be no attributes are left out, and nothing stands for another`()
        throws
    {
        let event = Event(
            id: .text("plain"), key: [0xFF], time: Self.now, type: nil,
            headers: [
                .init("Content", "1"), .init("with-dash", "2"), .init("fine", "3"),
                .init("id", "4"), .init("specversion", "5"), .init("data", "6"),
            ], payload: [0x31])
        let attributes = CloudEvent(try Self.stored(event), 0).attributes
        #expect(
            attributes == [
                "id": "plain", "source": "/stations/s", "type": "moonrail.event", "fine": "3",
                "time": Self.now.description,
            ])
    }

    @Test func `an event that a function emitted tells where it comes from`() throws {
        let origin = Origin(
            function: try FunctionName("f"),
            version: FunctionVersion(text: String(repeating: "a", count: 64)), generation: 0,
            station: try StationName("in"), partition: 2)
        var records = EventRecords()
        records.append(
            Event(id: .derived(high: 1, low: 2), time: Self.now, payload: [0x31]),
            cause: Cause(
                origin: origin, offset: 5, emission: 0, causationID: nil, correlationID: nil))
        let events = StoredEvents(
            station: try StationName("out"), partition: 2, records: records, offsets: [0])
        let attributes = CloudEvent(events, 0).attributes
        #expect(attributes["source"] == "/functions/f")
        #expect(attributes["causationid"] == "in/2/5")
        #expect(attributes["correlationid"] == "in/2/5")
        #expect(attributes["moonrailfunction"] == "f@aaaaaaa")
    }

    @Test(arguments: [
        ("application/json", true, false), ("application/json; charset=UTF-8", true, false),
        ("Application/Geo+JSON", true, false), ("text/plain;charset=\"utf-8\"", false, true),
        ("image/svg+xml", false, true), ("application/octet-stream", false, false),
    ])
    func `media types are read as HTTP writes them`(text: String, isJSON: Bool, isText: Bool) throws
    {
        let type = try #require(ContentType(text))
        #expect(type.isJSON == isJSON)
        #expect(type.isText == isText)
        #expect(type.isUTF8)
    }

    @Test func `what is no media type is none`() {
        for text in ["", "json", "/", "a/", "a/b/c", "a b/c"] { #expect(ContentType(text) == nil) }
    }
}
