import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// What becomes of dead letters: resent, skipped, failed again.
@Suite struct DeadLetterRunTests {
    /// Fails on events that are marked as bad.
    static let broken = """
        return { from = "a", to = "b", on_failure = "POLICY", handler = function(event)
          if event.data.bad then error("bad event " .. event.data.n) end
          return event.data
        end }
        """
    /// The same with the bug mended.
    static let mended = """
        return { from = "a", to = "b", on_failure = "POLICY", handler = function(event)
          return event.data
        end }
        """

    private static func script(_ source: String, _ policy: OnFailure) -> String {
        source.replacingOccurrences(of: "POLICY", with: policy.rawValue)
    }

    @Test func `poison among a hundred thousand is resent after the script is mended`()
        async throws
    {
        try await TestLine.with(["f": Self.script(Self.broken, .deadLetter)]) { line in
            let payloads = (0..<100_000).map {
                $0 % 100 == 7 ? #"{"bad":true,"n":\#($0)}"# : #"{"n":\#($0)}"#
            }
            try await line.produce("a", payloads)
            try await line.runUntilIdle()
            #expect(try await line.counts("f").deadLetters == 1_000)
            #expect(try await line.events("dead.f").count == 1_000)
            #expect(try await line.payloads("b").count == 99_000)

            try line.write("f", Self.script(Self.mended, .deadLetter))
            let summary = try await line.deadLetters.fulfil(.init(.retry, .all), of: "f")
            #expect(summary.resent == 1_000 && summary.failedAgain == 0)
            let counts = try await line.counts("f")
            #expect(counts.resent == 1_000 && counts.pending == 0)
            #expect(counts.processed == 100_000, "the position stays")
            #expect(Set(try await line.payloads("b")) == Set(payloads))
            #expect(try await line.payloads("b").count == 100_000)

            let again = try await line.deadLetters.fulfil(.init(.retry, .all), of: "f")
            #expect(again == LetterSummary(), "what was resent is not resent again")
        }
    }

    @Test func `a key that is parked keeps its order through failure, repair and resend`()
        async throws
    {
        try await TestLine.with(["f": Self.script(Self.broken, .parkKey)]) { line in
            var random = SeededGenerator.printed()
            let keys = ["red", "green", "blue", "white"]
            var expected: [String: [String]] = [:]
            func produce(_ numbers: Range<Int>) async throws {
                var events: [(String, String)] = []
                for number in numbers {
                    let key = keys[random.number(0...3)]
                    let bad = random.once(in: 100) ? #""bad":true,"# : ""
                    let payload = #"{\#(bad)"k":"\#(key)","n":\#(number)}"#
                    events.append((key, payload))
                    expected[key, default: []].append(payload)
                }
                try await line.produce("a", keyed: events)
            }
            try await produce(0..<2_000)
            try await line.runUntilIdle()
            let before = try await line.counts("f")
            #expect(before.deadLetters <= 4, "each key fails once, then it waits")
            #expect(before.parked > 0)
            #expect(before.emitted + before.deadLetters + before.parked == 2_000)

            // The script still fails on some: the first of each key is resent, its next one fails.
            let failing = try await line.deadLetters.fulfil(.init(.retry, .all), of: "f")
            #expect(failing.resent == 0 && failing.failedAgain == Int(before.deadLetters))

            try line.write("f", Self.script(Self.mended, .parkKey))
            try await produce(2_000..<2_500)
            try await line.whileRunning { worker in
                let letters = DeadLetters(engine: line.engine, operators: worker.operators)
                try await line.waitForLanes(worker)
                let summary = try await letters.fulfil(.init(.retry, .all), of: "f")
                #expect(summary.failedAgain == 0 && summary.waiting == 0)
            }
            try await produce(2_500..<3_000)
            try await line.runUntilIdle()
            let counts = try await line.counts("f")
            #expect(counts.pending == 0)
            let stored = try await line.events("b")
            let byKey = Dictionary(grouping: stored) {
                String(decoding: $0.key ?? [], as: UTF8.self)
            }
            .mapValues { $0.map { String(decoding: $0.payload, as: UTF8.self) } }
            #expect(byKey == expected, "every key in its order, nothing twice")
        }
    }

    @Test func `what waits behind a letter runs when the letter is skipped`() async throws {
        try await TestLine.with(["f": Self.script(Self.broken, .parkKey)]) { line in
            try await line.produce(
                "a",
                keyed: [
                    ("k", #"{"bad":true,"n":0}"#), ("k", #"{"n":1}"#), ("other", #"{"n":2}"#),
                    ("k", #"{"n":3}"#),
                ])
            try await line.runUntilIdle()
            #expect(try await line.payloads("b") == [#"{"n":2}"#])
            let entries = try await line.deadLetters.list("f", .init(), limit: 10)
            #expect(entries.map(\.letter.reason) == ["raised", "parked-behind", "parked-behind"])
            #expect(entries.map(\.letter.behind) == [nil, "a/0/0", "a/0/0"])

            let second = entries[1].letter.id.description
            let refused = try await line.deadLetters.fulfil(
                .init(.retry, .ids([second])), of: "f")
            #expect(refused.waiting == 1 && refused.resent == 0)

            let first = entries[0].letter.id.description
            let summary = try await line.deadLetters.fulfil(
                .init(.skip(because: "known bad"), .ids([first])), of: "f")
            #expect(summary.skipped == 1 && summary.resent == 2)
            #expect(try await line.payloads("b") == [#"{"n":2}"#, #"{"n":1}"#, #"{"n":3}"#])

            let (entry, followUps) = try #require(
                try await line.deadLetters.letter("f", id: first))
            #expect(entry.status == .skipped)
            #expect(followUps.map(\.type) == ["moonrail.dead-letter.skipped"])
            #expect(String(decoding: followUps[0].payload, as: UTF8.self).contains("known bad"))

            try await line.produce("a", keyed: [("k", #"{"n":4}"#)])
            try await line.runUntilIdle()
            #expect(try await line.payloads("b").last == #"{"n":4}"#, "the key goes on")
        }
    }

    @Test func `a letter that fails again stays, and its story is told`() async throws {
        try await TestLine.with(["f": Self.script(Self.broken, .deadLetter)]) { line in
            try await line.produce("a", [#"{"bad":true,"n":1}"#])
            try await line.runUntilIdle()
            let id = try await line.deadLetters.list("f", .init(), limit: 1)[0].letter.id
                .description
            for _ in 0..<2 {
                let summary = try await line.deadLetters.fulfil(.init(.retry, .ids([id])), of: "f")
                #expect(summary.failedAgain == 1)
            }
            try line.write("f", Self.script(Self.mended, .deadLetter))
            _ = try await line.deadLetters.fulfil(.init(.retry, .ids([id])), of: "f")
            let (entry, followUps) = try #require(try await line.deadLetters.letter("f", id: id))
            #expect(entry.status == .resent)
            #expect(
                followUps.map(\.type) == [
                    "moonrail.dead-letter.failed-again", "moonrail.dead-letter.failed-again",
                    "moonrail.dead-letter.resent",
                ])
            #expect(try await line.events("dead.f").count == 1, "one failure is one dead letter")
            let unknown = try await line.deadLetters.fulfil(
                .init(.retry, .ids([id, "nonsense"])), of: "f")
            #expect(unknown.resolvedBefore == 1 && unknown.unknown == ["nonsense"])
        }
    }

    @Test func `a resent event is the one that failed, and causes what it would have caused`()
        async throws
    {
        let tells = """
            return { from = "a", to = "b", handler = function(event, context)
              if BROKEN then error("no") end
              context.emit({ id = event.id, type = event.type, time = event.time, key = event.key,
                headers = event.headers, offset = event.offset, station = event.station,
                n = event.data.n })
            end }
            """
        func emission(failsFirst: Bool) async throws -> (Event, Cause?) {
            var result: (Event, Cause?)?
            let script = tells.replacingOccurrences(
                of: "BROKEN", with: failsFirst ? "true" : "false")
            try await TestLine.with(["f": script]) { line in
                try await line.engine.open("a", settings: nil)
                var append = StationAppend(station: "a")
                append.records.append(
                    Event(
                        id: .text("one"), key: Array("k".utf8), time: EventTime(microseconds: 5),
                        type: "t", headers: [.init("x", "y"), .init("correlationid", "c")],
                        payload: Array(#"{"n":1.50}"#.utf8)))
                _ = try await line.engine.append(append)
                try await line.runUntilIdle()
                if failsFirst {
                    try line.write("f", tells.replacingOccurrences(of: "BROKEN", with: "false"))
                    _ = try await line.deadLetters.fulfil(.init(.retry, .all), of: "f")
                }
                let stored = try await line.engine.read(
                    StationCursor(station: "b", partition: 0, offset: 0), bounds: ReadBounds())
                result = (stored.records.events[0], stored.cause(0))
            }
            return try #require(result)
        }
        let (first, firstCause) = try await emission(failsFirst: false)
        let (second, secondCause) = try await emission(failsFirst: true)
        #expect(first == second, "its id, too")
        #expect(firstCause == secondCause)
    }

    @Test func `letters are chosen by their reason`() async throws {
        try await TestLine.with([
            "f": """
            return { from = "a", to = "b", handler = function(event, context)
              if event.data.n % 2 == 0 then error("even") end
              return context.reject("odd")
            end }
            """
        ]) { line in
            try await line.produce("a", (0..<10).map { #"{"n":\#($0)}"# })
            try await line.runUntilIdle()
            let summary = try await line.deadLetters.fulfil(
                .init(.skip(because: "odd ones are not wanted"), .reason("rejected")), of: "f")
            #expect(summary.skipped == 5)
            let left = try await line.deadLetters.list("f", .init(), limit: 100)
            #expect(left.map(\.letter.reason) == Array(repeating: "raised", count: 5))
            let counts = try await line.counts("f")
            #expect(counts.skipped == 5 && counts.pending == 5)
        }
    }
}
