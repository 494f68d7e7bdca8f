import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// What functions logged, as people look it up.
@Suite struct FunctionLogsTests {
    private static let script = """
        return {
          from = "raw",
          handler = function(event, context)
            local n = event.data.n
            context.log.debug("looking at " .. n)
            if n % 2 == 1 then context.log.warn("odd", { n = n, who = "Sensor-" .. n }) end
            if n == 3 then error("three") end
          end,
        }
        """

    /// Calls `body` where a function has logged about five events.
    private static func withLogs(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/odd.lua", script)
            _ = try place.write(
                "functions/quiet.lua",
                "return { from = 'raw', handler = function() print('nothing\\27[2J') end }")
            let lines = (0..<5).map { "{\"n\":\($0)}\n" }.joined()
            try await place.command.run("produce", "raw", input: lines)
            try await place.command.run("run", "--until-idle")
            try await body(place)
        }
    }

    /// The lines without their times.
    private static func texts(_ result: MoonrailCommand.Result) -> [String] {
        result.lines.map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    private static func wait(until isSo: () -> Bool) async throws {
        for _ in 0..<2_000 where !isSo() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isSo())
    }

    @Test func `each line says when, how bad, which version, which event and what`() async throws {
        try await Self.withLogs { place in
            let logs = try await place.command.run("function", "logs", "odd")
            #expect(logs.status == 0)
            let history = try await place.command.run("function", "history", "odd", "--json")
            let version = try #require(
                history.output.firstMatch(of: #/"version":"([0-9a-f]{7})[0-9a-f]{57}"/#)?.1)
            #expect(
                Self.texts(logs) == [
                    "debug odd@\(version) raw/0/0  looking at 0",
                    "debug odd@\(version) raw/0/1  looking at 1",
                    "warn  odd@\(version) raw/0/1  odd n=1 who=Sensor-1",
                    "debug odd@\(version) raw/0/2  looking at 2",
                    "debug odd@\(version) raw/0/3  looking at 3",
                    "warn  odd@\(version) raw/0/3  odd n=3 who=Sensor-3",
                    "debug odd@\(version) raw/0/4  looking at 4",
                ])
            #expect(logs.lines.allSatisfy { $0.contains(#/^\d{4}-\d\d-\d\dT[\d:.]+Z /#) })
        }
    }

    @Test func `lines are found by function, level and text`() async throws {
        try await Self.withLogs { place in
            let all = try await place.command.run("function", "logs")
            #expect(all.lines.count == 12)
            // What would move a terminal's cursor does not reach it.
            #expect(!all.output.contains("\u{1B}") && all.output.contains("nothing\u{FFFD}[2J"))
            let warnings = try await place.command.run("function", "logs", "--level", "warn")
            #expect(warnings.lines.count == 2)
            let found = try await place.command.run("function", "logs", "--search", "SENSOR-3")
            #expect(found.lines.count == 1 && found.output.contains("who=Sensor-3"))
            let last = try await place.command.run("function", "logs", "odd", "--last", "2")
            #expect(last.lines.map { $0.hasSuffix("looking at 4") } == [false, true])
            let json = try await place.command.run(
                "function", "logs", "odd", "--level", "warn", "--last", "1", "--json")
            #expect(json.output.contains(#""fields":{"n":3,"who":"Sensor-3"}"#))
            _ = try JSONValue(parsing: Array(json.output.utf8))
            let none = try await place.command.run("function", "logs", "unheard-of")
            #expect(none.status == 0 && none.output.isEmpty)
        }
    }

    @Test func `following shows lines as they come`() async throws {
        try await Self.withLogs { place in
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let following = try place.command.start(
                ["function", "logs", "odd", "--level", "warn", "--last", "1", "--follow"])
            try await Self.wait { following.outputSoFar.hasSuffix("who=Sensor-3\n") }
            try await place.command.run("produce", "raw", input: "{\"n\":6}\n{\"n\":7}\n")
            try await Self.wait { following.outputSoFar.hasSuffix("odd n=7 who=Sensor-7\n") }
            #expect(following.outputSoFar.split(separator: "\n").count == 2)
            following.send(SIGINT)
            #expect(try await following.finish().status == 130)
            worker.send(SIGTERM)
            #expect(try await worker.finish().status == 0)
        }
    }

    @Test func `without a worker so far it says so`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "raw", input: "{}\n")
            let logs = try await place.command.run("function", "logs")
            #expect(logs.status == 3)
            #expect(logs.errors.contains("no worker ran on this data directory yet"))
        }
    }

    @Test func `a function that logs too much is cut down, and its other effects are not`()
        async throws
    {
        let config = "functions:\n  chatty:\n    limits: { log_rate: 1 }\n"
        try await Workplace.with(config: config) { place in
            _ = try place.write(
                "functions/chatty.lua",
                """
                return { from = "raw", to = "out", handler = function(event)
                  print("event " .. event.offset)
                  return event.data
                end }
                """)
            let lines = String(repeating: "{}\n", count: 3_000)
            try await place.command.run("produce", "raw", input: lines)
            try await place.command.run("run", "--until-idle")
            let logs = try await place.command.run("function", "logs", "--last", "5000")
            #expect((10..<300).contains(logs.lines.count))
            let out = try await place.command.run("read", "out", "--format", "data")
            #expect(out.lines.count == 3_000)
        }
    }
}
