import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct FunctionRunTests {
    private static let script = """
        return {
          from = "raw", to = { "clean", "rest" },
          handler = function(event, context)
            local data = event.data
            if data.skip then return nil end
            if data.bad then return context.reject("bad one") end
            if data.worse then error("no way") end
            if data.spin then while true do end end
            context.log.info("saw " .. event.offset)
            context.emit({ key = event.key or null }, { to = "rest" })
            return data
          end,
        }
        """

    private static func place(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/sort.lua", script)
            try await body(place)
        }
    }

    /// The lines of a try, without what differs from run to run.
    private static func lines(_ result: MoonrailCommand.Result) -> [String] {
        result.lines.map { $0.replacing(#/  [0-9.]+ ms$/#, with: "") }
    }

    @Test func `a file's events are tried, and each shows what came of it`() async throws {
        try await Self.place { place in
            let sample = try place.write(
                "sample.ndjson", "{\"n\":2.50,\"k\":\"a\"}\n\n{\"skip\":true}\n{\"bad\":1}\n")
            let result = try await place.command.run(
                "function", "run", "sort", "--sample", sample, "--key", "k")
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                Self.lines(result) == [
                    "raw/0/0", "  in      key a  {\"n\":2.50,\"k\":\"a\"}", "  log     info: saw 0",
                    "  out     rest  key a  {\"key\":\"a\"}",
                    "  out     clean  key a  {\"n\":2.50,\"k\":\"a\"}", "raw/0/1",
                    "  in      {\"skip\":true}", "  dropped", "raw/0/2", "  in      {\"bad\":1}",
                    "  reject  bad one",
                    "3 events: 2 emitted, 1 dropped, 1 rejected, 0 failed; nothing was appended",
                ])
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `the last events of a station are tried, and nothing is appended`() async throws {
        try await Self.place { place in
            let events = (0..<5).map { "{\"n\":\($0)}" } + ["{\"worse\":true}", "{\"n\":6}"]
            try await place.command.run(
                "produce", "raw", input: events.joined(separator: "\n"))
            let result = try await place.command.run(
                "function", "run", "sort", "--from", "raw", "-N", "3", "--json")
            #expect(result.status == 1)
            let reports = try result.lines.map {
                try JSONDecoder().decode([String: JSONValue].self, from: Data($0.utf8))
            }
            #expect(reports.map { $0["offset"] } == [.integer(4), .integer(5), .integer(6)])
            #expect(
                reports.map { $0["outcome"] }
                    == [.string("emitted"), .string("raised"), .string("emitted")])
            guard case .string(let message) = reports[1]["message"] else {
                Issue.record("no message")
                return
            }
            #expect(message.hasSuffix("sort.lua:7: no way"))
            let stations = try await place.command.run("station", "list", "--json")
            #expect(!stations.output.contains("clean"))
            let offsets = try await place.command.run("offset", "show")
            #expect(offsets.lines.count == 1)
        }
    }

    @Test func `an event without end fails alone`() async throws {
        try await Self.place { place in
            let result = try await place.command.run(
                "function", "run", "sort", "--sample", "-", input: "{\"spin\":true}\n{\"n\":1}\n")
            #expect(result.status == 1)
            #expect(result.output.contains("  FAILED  time-limit: "))
            #expect(result.lines.last?.hasPrefix("2 events: 2 emitted, 0 dropped") == true)
        }
    }

    @Test func `what can't be tried is told with its status`() async throws {
        try await Self.place { place in
            _ = try place.write("functions/broken.lua", "return {")
            let bad = try place.write("bad.ndjson", "{}\nnot json\n")
            for (arguments, status, words) in [
                (["sort"], 2, "--sample FILE or --from STATION"),
                (["sort", "--sample", "x", "--from", "raw"], 2, "--sample FILE or"),
                (["sort", "--from", "raw", "-N", "0"], 2, "-N takes 1 to"),
                (["sort", "--from", "raw", "--key", "k"], 2, "--key belongs to --sample"),
                (["sort", "--from", "raw"], 3, "does not exist"),
                (["srot", "--sample", bad], 3, "did you mean 'sort'?"),
                (["sort", "--sample", "no-such-file"], 3, "can't read no-such-file"),
                (["sort", "--sample", bad], 1, "bad.ndjson:2: not JSON"),
                (["broken", "--sample", bad], 1, "broken.lua:1:"),
            ] {
                let result = try await place.command.start(["function", "run"] + arguments).finish()
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            }
        }
    }
}
