import MoonrailCore
import MoonrailTestSupport
import Testing

/// What a function logs, as a settlement holds it.
struct LogEventTests {
    private static func settle(
        _ parts: [StoredEvents], _ script: [ScriptedOutcome], logs: [RunReply.LogLine],
        first: Int = 0
    ) throws -> StationAppend? {
        var lane = ScriptedLane()
        var reply = RunReply(script)
        reply.logs = logs
        let settlement = lane.builder.settlement(
            of: .init(first: first, outcomes: reply.outcomes), in: LaneBatch(parts), reply: reply,
            from: Position(), at: .scripted)
        return settlement.appends.first { $0.station == "moonrail.logs" }
    }

    private static func contents(_ append: StationAppend) throws -> [[String: JSONValue]] {
        try append.records.texts.map { text in
            guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else {
                return [:]
            }
            return members
        }
    }

    @Test func `a line is an event that says where it is from`() throws {
        let append = try #require(
            try Self.settle(
                [StoredEvents("in", from: 7, [Event("1"), Event("2")])], [.emits("x"), .drops],
                logs: [
                    .init(event: 0, level: .info, text: "a \"quote\""),
                    .init(event: 1, level: .error, text: "b", fields: #"{"n":1.50,"t":[]}"#),
                ]))
        #expect(append.causes == [0, 1])
        let contents = try Self.contents(append)
        #expect(
            contents[0] == [
                "function": .string("celsius"), "version": .string("0123456789"),
                "station": .string("in"), "partition": .integer(0), "offset": .integer(7),
                "level": .string("info"), "message": .string("a \"quote\""),
            ])
        #expect(contents[1]["offset"] == .integer(8))
        #expect(contents[1]["fields"] == .object(["n": .double(1.5), "t": .array([])]))
        #expect(append.records.texts[1].hasSuffix(#","fields":{"n":1.50,"t":[]}}"#))
        let events = (0..<append.records.count).map { append.records.withRecord($0, \.event) }
        #expect(events.map(\.type) == ["moonrail.log.info", "moonrail.log.error"])
        #expect(events.allSatisfy { $0.key == Array("celsius".utf8) && $0.time == .scripted })
        let causes = StoredEvents(reading: append).causes
        #expect(causes.map { $0?.offset } == [7, 8])
    }

    @Test func `what a failed event logged is kept beside its dead letter`() throws {
        let append = try #require(
            try Self.settle(
                [StoredEvents("in", [Event("1")])],
                [.fails(FunctionFault(kind: .raised, message: "no"))],
                logs: [.init(event: 0, level: .warn, text: "about to fail")]))
        #expect(try Self.contents(append)[0]["message"] == .string("about to fail"))
    }

    @Test func `lines have ids that a repetition gives again`() throws {
        let logs = (0..<3).map { RunReply.LogLine(event: $0 / 2, level: .info, text: "\($0)") }
        let events = [Event("1"), Event("2")]
        let whole = try #require(
            try Self.settle([StoredEvents("in", events)], [.drops, .drops], logs: logs))
        #expect(Set(whole.records.ids).count == 3)
        // The second event once more, in a batch of its own.
        let again = try #require(
            try Self.settle(
                [StoredEvents("in", from: 1, [events[1]])], [.drops],
                logs: [.init(event: 0, level: .info, text: "2")]))
        #expect(again.records.ids == [whole.records.ids[2]])
    }

    @Test func `lines of events that are not settled now are left out`() throws {
        let append = try #require(
            try Self.settle(
                [StoredEvents("in", (0..<4).map { Event("\($0)") })], [.drops, .drops],
                logs: [
                    .init(event: 1, level: .info, text: "one"),
                    .init(event: 2, level: .info, text: "beyond"),
                ], first: 1))
        let contents = try Self.contents(append)
        #expect(contents.map { $0["message"] } == [.string("one")])
        #expect(contents.map { $0["offset"] } == [.integer(2)])
    }

    @Test func `a reader of the log does not feed itself`() throws {
        let append = try Self.settle(
            [StoredEvents("moonrail.logs", [Event("1")]), StoredEvents("in", [Event("2")])],
            [.drops, .drops],
            logs: [
                .init(event: 0, level: .info, text: "echo"),
                .init(event: 1, level: .info, text: "kept"),
            ])
        #expect(try Self.contents(#require(append)).map { $0["message"] } == [.string("kept")])
    }
}
