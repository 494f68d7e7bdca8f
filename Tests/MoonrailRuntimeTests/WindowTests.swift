import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// The windows of `functions/lib/windows.lua`, against naive counts, one after the other.
@Suite(.serialized) struct WindowTests {
    private static func library() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../functions/lib/windows.lua")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// A function that counts in windows.
    ///
    /// - Parameter handler: what it does with an event; `add(window)` counts it.
    private static func counting(
        from: String = "in", to: String = "out", key: String = "k", _ handler: String
    ) -> String {
        """
        local windows = require "lib.windows"
        local function add(window, count)
          if window ~= nil then window.count = (window.count or 0) + (count or 1) end
        end
        return {
          from = "\(from)", to = "\(to)", state = { key = "\(key)" }, timers = { lateness = "2s" },
          handler = function(event, context)
            \(handler)
          end,
          on_timer = function(timer, context)
            local window = windows.close(timer, context)
            if window == nil then return nil end
            return { k = timer.key, from = window.from, to = window.to, count = window.count }
          end,
        }
        """
    }

    private struct Window: Hashable, Codable {
        var k: String
        var from: Int
        var to: Int
        var count: Int
    }

    private static func windows(_ line: TestLine, _ station: String = "out") async throws
        -> Set<Window>
    {
        let all = try await line.payloads(station).map {
            try JSONDecoder().decode(Window.self, from: Data($0.utf8))
        }
        #expect(Set(all).count == all.count)
        return Set(all)
    }

    /// Events of four keys, in another order than that of their times, but none of them late; and
    /// one event that closes all windows.
    private static func events(using random: inout SeededGenerator) -> [(time: Int, key: String)] {
        (0..<800).map { number in
            let leap = number / 100 * 30_000
            return (
                time: 100_000 + number * 150 + leap - Int.random(in: 0..<2_000, using: &random),
                key: "k\(Int.random(in: 0..<4, using: &random))"
            )
        }
    }

    private static func run(
        _ events: [(time: Int, key: String)], _ script: String, also: [String: String] = [:]
    ) async throws -> (windows: Set<Window>, hours: Set<Window>, left: [String]) {
        var result: (Set<Window>, Set<Window>, [String])?
        var functions = also
        functions["windows"] = script
        functions["lib/windows"] = try library()
        try await TestLine.with(functions) { line in
            let all = events + [(time: 10_000_000, key: "end")]
            for piece in [all.prefix(300), all.dropFirst(300)] {
                try await line.produce(
                    "in", timed: piece.map { TimedEvent($0.time, #"{"k":"\#($0.key)"}"#) })
                try await line.runUntilIdle()
            }
            let state = try await StateTests.state(line, "windows")
            result = (
                try await windows(line), also.isEmpty ? [] : try await windows(line, "hours"),
                state.keys.sorted()
            )
        }
        return try #require(result)
    }

    @Test func `tumbling windows hold each event once, by its time`() async throws {
        var random = SeededGenerator.printed()
        let events = Self.events(using: &random)
        let found = try await Self.run(
            events, Self.counting("add(windows.tumbling(event, context, 10000))"))
        var counts: [[String: Int]: Int] = [:]
        for event in events { counts[[event.key: event.time / 10_000 * 10_000], default: 0] += 1 }
        let expected = counts.map { place, count in
            let (key, from) = place.first ?? ("", 0)
            return Window(k: key, from: from, to: from + 10_000, count: count)
        }
        #expect(found.windows == Set(expected))
        // Of keys of which nothing waits nothing is left.
        #expect(found.left == ["end"])
    }

    @Test func `sliding windows hold each event in all that it is in`() async throws {
        var random = SeededGenerator.printed()
        let events = Self.events(using: &random)
        let found = try await Self.run(
            events,
            Self.counting(
                "for _, window in ipairs(windows.sliding(event, context, 10000, 3000)) do "
                    + "add(window) end"))
        var counts: [[String: Int]: Int] = [:]
        for event in events {
            var from = event.time / 3_000 * 3_000
            while from > event.time - 10_000 {
                counts[[event.key: from], default: 0] += 1
                from -= 3_000
            }
        }
        let expected = counts.map { place, count in
            let (key, from) = place.first ?? ("", 0)
            return Window(k: key, from: from, to: from + 10_000, count: count)
        }
        #expect(found.windows == Set(expected))
        #expect(found.left == ["end"])
    }

    @Test func `a session lasts until nothing came for its gap`() async throws {
        var random = SeededGenerator.printed()
        let events = Self.events(using: &random)
        let script = Self.counting(
            """
            local session = windows.session(event, context, 800, function(session, other)
              add(session, other.count)
            end)
            add(session)
            """)
        let found = try await Self.run(events, script)
        var expected: Set<Window> = []
        for (key, events) in Dictionary(grouping: events, by: \.key) {
            var session: Window?
            for time in events.map(\.time).sorted() {
                if var open = session, time < open.to {
                    open.to = time + 800
                    open.count += 1
                    session = open
                } else {
                    if let session { expected.insert(session) }
                    session = Window(k: key, from: time, to: time + 800, count: 1)
                }
            }
            if let session { expected.insert(session) }
        }
        #expect(found.windows == expected)
        #expect(found.left == ["end"])
    }

    @Test func `windows of windows count the same events`() async throws {
        var random = SeededGenerator.printed()
        let events = Self.events(using: &random)
        let hours = Self.counting(
            from: "out", to: "hours",
            "add(windows.tumbling(event, context, 60000), event.data.count)")
        let found = try await Self.run(
            events, Self.counting("add(windows.tumbling(event, context, 10000))"),
            also: ["hours": hours])
        var counts: [[String: Int]: Int] = [:]
        for event in events { counts[[event.key: event.time / 60_000 * 60_000], default: 0] += 1 }
        // The last minute of all stays open: nothing that came later has closed it.
        let last = events.map { $0.time / 60_000 * 60_000 }.max() ?? 0
        let expected = counts.compactMap { place, count -> Window? in
            let (key, from) = place.first ?? ("", 0)
            guard from < last else { return nil }
            return Window(k: key, from: from, to: from + 60_000, count: count)
        }
        #expect(found.hours == Set(expected))
    }

    @Test func `an event that comes after its window was closed is told`() async throws {
        let script = Self.counting(
            """
            local window = windows.tumbling(event, context, 10000)
            if window == nil then return context.reject("late") end
            add(window)
            """)
        try await TestLine.with(["windows": script, "lib/windows": try Self.library()]) { line in
            try await line.produce(
                "in",
                timed: [1_000, 11_999, 9_000, 12_002, 9_001].map { TimedEvent($0, #"{"k":"a"}"#) })
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == [#"{"count":2,"from":0,"k":"a","to":10000}"#])
            let letters = try await line.events("dead.windows")
            #expect(letters.map(\.time) == [EventTime(microseconds: 9_001_000)])
        }
    }
}
