import MoonrailCore
import MoonrailHTTP
import NIOCore
import Testing

@Suite struct LineWriterTests {
    static let time = EventTime(microseconds: 1_767_225_600_123_456)

    /// Events of partition 2 of `readings`, from offset 7 on.
    private static func stored(_ records: EventRecords) throws -> StoredEvents {
        StoredEvents(
            station: try StationName("readings"), partition: 2, records: records,
            offsets: (0..<records.count).map { UInt64($0) + 7 })
    }

    private static func line(
        _ event: Event, cause: Cause? = nil, format: LineFormat = .json
    ) throws -> String {
        var records = EventRecords()
        if let cause {
            records.append(event, cause: cause)
        } else {
            records.append(event)
        }
        var writer = LineWriter(format: format)
        return String(buffer: writer.lines(of: try stored(records), count: 1))
    }

    private static func cause(causationID: EventID?, correlationID: EventID?) throws -> Cause {
        let origin = Origin(
            function: try FunctionName("celsius"),
            version: FunctionVersion(text: "3f2a91c0ffee"), generation: 0,
            station: try StationName("raw"), partition: 1)
        return Cause(
            origin: origin, offset: 41, emission: 0, causationID: causationID,
            correlationID: correlationID)
    }

    @Test func `a JSON line has its members in their order and the payload as it was`() throws {
        let event = Event(
            id: .text("a\"1"), key: Array("kø".utf8), time: Self.time, type: "reading",
            headers: [.init("unit", "F\n")], payload: Array(#"{"b":2.50,"a" : -0}"#.utf8))
        #expect(
            try Self.line(event) == #"""
                {"station":"readings","partition":2,"offset":7,"id":"a\"1","key":"kø",\#
                "time":"2026-01-01T00:00:00.123456Z","type":"reading",\#
                "headers":{"unit":"F\n"},"data":{"b":2.50,"a" : -0}}

                """#)
    }

    @Test func `what an event lacks is null, and its position is its id`() throws {
        let event = Event(
            time: EventTime(microseconds: 1_767_225_600_000_000), payload: Array("1".utf8))
        #expect(
            try Self.line(event) == #"""
                {"station":"readings","partition":2,"offset":7,"id":"readings/2/7","key":null,\#
                "time":"2026-01-01T00:00:00Z","type":null,"headers":{},"data":1}

                """#)
    }

    @Test func `a payload that is no JSON is written in base64`() throws {
        let event = Event(time: Self.time, payload: [0, 255, 10], isJSON: false)
        #expect(try Self.line(event).hasSuffix(#""headers":{},"payload_base64":"AP8K"}"# + "\n"))
    }

    @Test func `a key that is no UTF-8 is written in base64`() throws {
        let event = Event(key: [0xFF, 0x41], time: Self.time, payload: Array("{}".utf8))
        #expect(try Self.line(event).contains(#","key_base64":"/0E=","time""#))
    }

    @Test func `an empty key is a key`() throws {
        let event = Event(key: [], time: Self.time, payload: Array("{}".utf8))
        #expect(try Self.line(event).contains(#","key":"","#))
    }

    @Test func `an emission names its cause, and its own headers can't belie it`() throws {
        let event = Event(
            id: .derived(high: 0x0123_4567_89AB_CDEF, low: 1), time: Self.time,
            headers: [.init("causationid", "mine"), .init("unit", "C")],
            payload: Array("{}".utf8))
        let line = try Self.line(
            event, cause: try Self.cause(causationID: .text("in"), correlationID: .text("first")))
        #expect(line.contains(#""id":"0123456789abcdef0000000000000001""#))
        #expect(
            line.contains(
                #""headers":{"unit":"C","causationid":"in","correlationid":"first","#
                    + #""moonrailfunction":"celsius@3f2a91c","moonrailinput":"raw/1/41"},"data""#))
    }

    @Test func `a cause without an id is named by its position, and so is its chain`() throws {
        let event = Event(time: Self.time, payload: Array("{}".utf8))
        let line = try Self.line(
            event, cause: try Self.cause(causationID: nil, correlationID: nil))
        #expect(
            line.contains(#""headers":{"causationid":"raw/1/41","correlationid":"raw/1/41","#))
    }

    @Test(arguments: LineFormat.allCases)
    func `a document on several lines is written on one`(format: LineFormat) throws {
        let event = Event(time: Self.time, payload: Array("{\r\n\"a\": \"x\\n\"\n}".utf8))
        let line = try Self.line(event, format: format)
        #expect(line.filter { $0 == "\n" || $0 == "\r\n" }.count == 1)
        #expect(line.contains(#"{  "a": "x\n" }"#))
    }

    @Test func `data lines are payloads, and only as many as asked for`() throws {
        var records = EventRecords()
        for number in 0..<5 {
            records.append(Event(time: Self.time, payload: Array("{\"n\":\(number)}".utf8)))
        }
        var writer = LineWriter(format: .data)
        let lines = String(buffer: writer.lines(of: try Self.stored(records), count: 3))
        #expect(lines == "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n")
    }

    @Test(arguments: [
        0, 1, 999_999, 1_000, 120_000, -1, -1_000_000, -62_135_596_800_000_000,
        1_767_225_600_123_000,
    ])
    func `times are written as everywhere else`(microseconds: Int64) throws {
        let time = EventTime(microseconds: microseconds)
        let line = try Self.line(Event(time: time, payload: Array("{}".utf8)))
        #expect(line.contains("\"time\":\"\(time)\""))
    }

    @Test func `the fullest event still fits the room reckoned for it`() throws {
        let control = String(repeating: "\u{1}", count: 128)
        let event = Event(
            id: .text(control), key: Array(repeating: 1, count: Bounds.keyBytes),
            time: EventTime(microseconds: .max), type: control,
            headers: (0..<100).map { .init("\u{2}\($0)", control) },
            payload: Array(repeating: 0xFF, count: 100_001), isJSON: false)
        let line = try Self.line(
            event, cause: try Self.cause(causationID: .text(control), correlationID: nil))
        #expect(line.hasSuffix("\"}\n"))
        #expect(line.contains(#"\u0001"#))
    }
}
