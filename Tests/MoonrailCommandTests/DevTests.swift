import Foundation
import MoonrailTestSupport
import Testing

/// `moonrail dev` as somebody who writes a function uses it.
@Suite struct DevTests {
    /// A function that adds `number`.
    private static func script(adding number: Int) -> String {
        """
        return { from = "a", to = "b", handler = function(event, context)
          context.log.debug("adding")
          return { n = event.data.n + \(number) }
        end }
        """
    }

    private static let tests = """
        - name: adds a little
          event: { data: { n: 1 } }
          emits: { b: [ { data: { n: 2 } } ] }
        - name: adds to nothing
          event: { data: { n: 0 } }
          emits: { b: [ { data: { n: 1 } } ] }
        """

    /// Waits until standard output holds this; a failure after half a minute.
    private static func wait(
        for text: String, from running: MoonrailCommand.Running,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<1_500 {
            if running.outputSoFar.contains(text) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record(
            "'\(text)' never came: \(running.outputSoFar) \(running.errorsSoFar)",
            sourceLocation: location)
    }

    /// The words of the command that the ready line is followed by, without `moonrail`.
    private static func command(in output: String) throws -> [String] {
        let line = try #require(
            output.split(separator: "\n").first { $0.hasPrefix("  moonrail produce") })
        return line.split(separator: " ").dropFirst().map(String.init)
    }

    @Test func `a save is tried and shown, a broken one changes nothing, and nothing stays`()
        async throws
    {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", Self.script(adding: 1))
            _ = try place.write("functions/f.test.yaml", Self.tests)
            let dev = try place.command.start(["dev", place.functions.path])
            try await Self.wait(for: "ready: f runs from", from: dev)
            #expect(dev.outputSoFar.contains(" live, 2 tests passed\nready: "))
            let produce = try Self.command(in: dev.outputSoFar)
            #expect(produce.prefix(2) == ["produce", "a"])
            let data = try #require(produce.last)
            #expect(data.contains("moonrail-dev-") && produce.contains("--data"))
            #expect(FileManager.default.fileExists(atPath: data))

            let first = try await place.command.start(produce, input: #"{"n":1}"#).finish()
            #expect(first.status == 0, "\(first.errors)")
            try await Self.wait(for: #"  out     b  {"n":2}"#, from: dev)
            #expect(dev.outputSoFar.contains("  in      {\"n\":1}\n  log     debug: adding\n"))

            // What is no Lua, and what fails its tests.
            _ = try place.write("functions/f.lua", "return {")
            try await Self.wait(for: "f.lua:1: unexpected symbol near <eof>", from: dev)
            _ = try place.write("functions/f.lua", Self.script(adding: 2))
            try await Self.wait(for: "test 'adds a little' fails\n", from: dev)
            #expect(dev.outputSoFar.components(separatedBy: " still runs\n").count == 3)
            let second = try await place.command.start(produce, input: #"{"n":10}"#).finish()
            #expect(second.status == 0, "\(second.errors)")
            try await Self.wait(for: #"  out     b  {"n":11}"#, from: dev)

            _ = try place.write(
                "functions/f.lua", Self.script(adding: 1).replacing("adding\"", with: "again\""))
            try await Self.wait(for: "s, 2 tests passed\n", from: dev)
            #expect(dev.outputSoFar.contains(/f@[0-9a-f]{7} live in [0-9.]+ s, 2/))
            try FileManager.default.removeItem(
                at: place.functions.appendingPathComponent("f.lua"))
            try await Self.wait(for: "f is stopped: its file is gone", from: dev)

            dev.send(SIGINT)
            let result = try await dev.finish(within: 60)
            #expect(result.status == 0 && !result.wasKilled)
            #expect(result.errors.hasSuffix("stopped; the scratch store is removed\n"))
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    @Test func `a file can be produced at the start, and a store that was named stays`()
        async throws
    {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", Self.script(adding: 1))
            let input = try place.write("in.ndjson", "{\"n\":1,\"k\":\"x\"}\n{\"n\":2}\n")
            let dev = try place.command.start(
                ["dev", "--data", place.data.path, "--produce", "a=\(input)", "--key", "k"])
            try await Self.wait(for: #"  out     b  {"n":3}"#, from: dev)
            #expect(dev.outputSoFar.contains(#"  in      key x  {"n":1,"k":"x"}"#))
            #expect(dev.outputSoFar.contains("the store is \(place.data.path)\n"))
            dev.send(SIGTERM)
            let result = try await dev.finish(within: 60)
            #expect(result.status == 0 && !result.wasKilled)
            #expect(result.errors.contains("accepted 2, duplicate 0, rejected 0\n"))
            #expect(result.errors.hasSuffix("stopped\n"))
            let stored = try await place.command.run("read", "b", "--format", "data")
            #expect(stored.lines == [#"{"n":2}"#, #"{"n":3}"#])
        }
    }

    @Test func `a function that pauses says so, and how it goes on`() async throws {
        try await Workplace.with { place in
            _ = try place.write(
                "functions/f.lua",
                """
                return { from = "a", to = "b", on_failure = "stop", handler = function(event)
                  error("no such luck")
                end }
                """)
            let input = try place.write("in.ndjson", "{\"n\":1}\n")
            let dev = try place.command.start(["dev", "--produce", "a=\(input)"])
            try await Self.wait(for: "lane f/0 is paused: event 0 of a failed", from: dev)
            try await Self.wait(for: "moonrail function resume f --data /", from: dev)
            // What is stopped while it produces has not done all that it was asked for.
            for _ in 0..<6_000 where !dev.errorsSoFar.contains("accepted 1") {
                try await Task.sleep(for: .milliseconds(10))
            }
            dev.send(SIGTERM)
            #expect(try await dev.finish(within: 60).status == 0)
        }
    }

    @Test func `without functions it says so and waits for one`() async throws {
        try await Workplace.with { place in
            let dev = try place.command.start(["dev"])
            try await Self.wait(for: "ready: no function runs yet; save one in ", from: dev)
            _ = try place.write("functions/f.lua", Self.script(adding: 1))
            try await Self.wait(for: " live in ", from: dev)
            dev.send(SIGINT)
            #expect(try await dev.finish(within: 60).status == 0)
        }
    }

    @Test func `what can't work is said before anything is made`() async throws {
        try await Workplace.with { place in
            let missing = try await place.command.run("dev", place.folder.path + "/nothing")
            #expect(missing.status == 3)
            #expect(missing.errors.contains("moonrail function init NAME"))
            let file = try await place.command.run("dev", "--produce", "a=nothing.ndjson")
            #expect(file.status == 3)
            #expect(try await place.command.run("dev", "--produce", "a").status == 2)
            #expect(try await place.command.run("dev", "--key", "k").status == 2)
        }
    }
}
