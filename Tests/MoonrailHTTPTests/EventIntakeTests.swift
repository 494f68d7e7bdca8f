import MoonrailCore
import MoonrailHTTP
import MoonrailTestSupport
import NIOCore
import Testing

@Suite struct EventIntakeTests {
    /// What one body came to, before anything was appended.
    struct Taken {
        var events: [Event] = []
        var lines: [Int] = []
        var answer = ProduceAnswer()
        var slices = 0

        var reasons: [String] { answer.refusals.map { "\($0.line): \($0.reason)" } }
    }

    static let time = EventTime(microseconds: 1_000_000)

    static func take(
        _ text: String, key: String? = nil, id: String? = nil, time timePath: String? = nil,
        eventBytes: Int = Bounds.defaultEventBytes
    ) throws -> Taken {
        let rules = EventIntake.Rules(
            keyPath: key, idPath: id, timePath: timePath, eventBytes: eventBytes)
        var intake = try EventIntake(rules: rules, time: time)
        var body = IntakeBody(ByteBuffer(string: text))
        var taken = Taken()
        while let slice = intake.nextSlice(of: &body) {
            taken.slices += 1
            slice.records.forEachRecord { _, record in taken.events.append(record.event) }
            taken.lines += slice.lines
        }
        taken.answer = intake.answer
        return taken
    }

    @Test func `the time of an event may stand in its document`() throws {
        let taken = try Self.take(
            """
            {"at":{"time":"2026-01-31T08:00:00.25+01:00"}}
            {"at":{"time":1767225600123}}
            {"at":{"time":-1}}
            {"at":{"time":"yesterday"}}
            {"at":{"time":1.5}}
            {"at":{"time":{}}}
            {"at":{"time":9223372036854775807}}
            {}
            """, time: "at.time")
        #expect(
            taken.events.map(\.time.description) == [
                "2026-01-31T07:00:00.250Z", "2026-01-01T00:00:00.123Z", "1969-12-31T23:59:59.999Z",
            ])
        let wrong =
            "the time at 'at.time' must be RFC 3339, such as 2026-01-31T08:00:00Z, or whole "
            + "milliseconds since 1970"
        #expect(
            taken.reasons == [
                "4: \(wrong)", "5: \(wrong)", "6: the time at 'at.time' is an object, not a scalar",
                "7: \(wrong)", "8: no value at 'at.time'",
            ])
    }

    @Test func `each line becomes an event with the line's own bytes`() throws {
        let taken = try Self.take("{\"b\": 2.50 }\n  [1]\r\n\n \t\n\"x\"")
        #expect(
            taken.events.map { String(decoding: $0.payload, as: UTF8.self) }
                == ["{\"b\": 2.50 }", "  [1]", "\"x\""])
        #expect(taken.lines == [1, 2, 5])
        #expect(taken.events.allSatisfy { $0.isJSON && $0.time == Self.time })
        #expect(taken.events.allSatisfy { $0.key == nil && $0.id == nil })
        #expect(taken.answer == ProduceAnswer())
    }

    @Test func `nothing is nothing`() throws {
        #expect(try Self.take("").events.isEmpty)
        #expect(try Self.take("\n\n").events.isEmpty)
    }

    @Test func `a malformed line is refused with its number and does not stop the others`()
        throws
    {
        let taken = try Self.take("{}\n{\"a\":}\n\n{} {}\n[1,2\n{}")
        #expect(taken.lines == [1, 6])
        #expect(taken.answer.refusals.map(\.line) == [2, 4, 5])
        #expect(taken.answer.rejected == 3)
        #expect(taken.answer.refusals.allSatisfy { $0.reason.hasPrefix("not JSON: ") })
    }

    @Test func `a payload over the limit is refused with the limit named`() throws {
        let taken = try Self.take("[1,2,3]\n[1,2,3,4]", eventBytes: 7)
        #expect(taken.lines == [1])
        #expect(taken.reasons == ["2: 9 bytes are too many for an event; 7 at most"])
    }

    @Test(arguments: [
        (#"{"k":"x\u00e9\n"}"#, "xé\n"), (#"{"k":17}"#, "17"), (#"{"k":-2.50}"#, "-2.5"),
        (#"{"k":18446744073709551615}"#, "18446744073709551615"), (#"{"k":true}"#, "true"),
        (#"{"k":""}"#, ""), (#"{"k":1e2}"#, "100.0"),
    ])
    func `a scalar's text is the key`(line: String, key: String) throws {
        let taken = try Self.take(line, key: "k")
        #expect(taken.events.first?.key == Array(key.utf8))
    }

    @Test func `paths go into objects and lists`() throws {
        let taken = try Self.take(
            #"{"a":{"b":[0,{"c":"deep"}]},"id":{"n":5}}"#, key: "a.b.1.c", id: "id.n")
        #expect(taken.events.first?.key == Array("deep".utf8))
        #expect(taken.events.first?.id == .text("5"))
    }

    @Test func `an event without a key has none, one without an id is refused`() throws {
        let taken = try Self.take(
            "{\"id\":1}\n{\"id\":2,\"k\":null}\n{\"k\":1}\n{\"id\":null}\n{\"id\":\"\"}",
            key: "k", id: "id")
        #expect(taken.events.map(\.key) == [nil, nil])
        #expect(
            taken.reasons == [
                "3: no value at 'id'", "4: no value at 'id'",
                "5: its id has 0 bytes; 1 to 128 are allowed",
            ])
    }

    @Test func `a key or id that is no scalar is refused`() throws {
        let taken = try Self.take("{\"k\":[1]}\n{\"k\":{}}\n{\"id\":[]}", key: "k", id: "id")
        #expect(
            taken.reasons == [
                "1: the key at 'k' is a list, not a scalar",
                "2: the key at 'k' is an object, not a scalar",
                "3: the id at 'id' is a list, not a scalar",
            ])
    }

    @Test func `a key or id over its bound is refused, one at its bound is not`() throws {
        func line(_ name: String, _ bytes: Int) -> String {
            "{\"\(name)\":\"" + String(repeating: "x", count: bytes) + "\"}\n"
        }
        let keys = try Self.take(line("k", 1_024) + line("k", 1_025), key: "k")
        #expect(keys.reasons == ["2: its key has 1025 bytes; 1024 at most"])
        let ids = try Self.take(line("id", 128) + line("id", 129), id: "id")
        #expect(ids.reasons == ["2: its id has 129 bytes; 1 to 128 are allowed"])
    }

    @Test func `a large body comes in several slices with every line once`() throws {
        let payload = "{\"text\":\"" + String(repeating: "y", count: 1_000) + "\"}\n"
        let taken = try Self.take(String(repeating: payload, count: 10_000))
        #expect(taken.slices > 1)
        #expect(taken.lines == Array(1...10_000))
    }

    @Test func `a body that comes in parts of any size gives the events of the whole one`() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<200 {
            let lines = (0..<random.number(0...60)).map { number in
                switch random.number(0...5) {
                case 0: ""
                case 1: "bad"
                case 2: "{\"n\":\(number)}\r"
                default: "\"" + String(repeating: "z", count: random.number(0...90)) + "\""
                }
            }
            let text = lines.joined(separator: "\n") + (random.once(in: 2) ? "\n" : "")
            let whole = try Self.take(text)
            var intake = try EventIntake(
                rules: EventIntake.Rules(eventBytes: 1_000), time: Self.time)
            var body = IntakeBody()
            var taken = Taken()
            var rest = Array(text.utf8)[...]
            var hasEnded = false
            while !hasEnded {
                if rest.isEmpty {
                    body.end()
                    hasEnded = true
                } else {
                    let part = rest.prefix(random.number(1...100))
                    body.append(ByteBuffer(bytes: part))
                    rest = rest.dropFirst(part.count)
                    // Sometimes more comes before what is there is taken.
                    if random.once(in: 3) { continue }
                }
                while let slice = intake.nextSlice(of: &body) {
                    slice.records.forEachRecord { _, record in taken.events.append(record.event) }
                    taken.lines += slice.lines
                }
            }
            #expect(taken.events == whole.events)
            #expect(taken.lines == whole.lines)
            #expect(intake.answer == whole.answer)
        }
    }

    @Test func `receipts are counted, and refusals stand in the order of their lines`() throws {
        var intake = try EventIntake(
            rules: EventIntake.Rules(idPath: "id", eventBytes: 100), time: Self.time)
        var body = IntakeBody(
            ByteBuffer(string: "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\nbad\n{\"id\":5}"))
        let next = intake.nextSlice(of: &body)
        let slice = try #require(next)
        intake.note(
            [
                .stored(partition: 0, offset: 0), .duplicate(partition: 0, offset: 0),
                .conflict(partition: 1, offset: 9), .tooLarge(limit: 4),
            ], of: slice)
        #expect(intake.answer.accepted == 1)
        #expect(intake.answer.duplicates == 1)
        #expect(intake.answer.rejected == 3)
        #expect(intake.answer.refusals.map(\.line) == [3, 4, 5])
        #expect(
            intake.answer.refusals.first?.reason
                == "id '3' is known with another payload at partition 1 offset 9")
        #expect(
            intake.answer.refusals.last?.reason
                == "8 bytes are too many for an event; 4 at most")
    }

    @Test func `an answer lists only so many refusals and counts all`() throws {
        let bad = String(repeating: "x\n", count: IntakeBounds.refusals + 5)
        let answer = try Self.take(bad).answer
        #expect(answer.rejected == IntakeBounds.refusals + 5)
        #expect(answer.refusals.count == IntakeBounds.refusals)
    }
}
