import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Resets and replays as people ask for them.
@Suite struct ReplayCommandTests {
    private static let doubling = """
        return {
          from = "in", to = "out",
          handler = function(event) return { twice = event.data.n * 2 } end,
        }
        """
    private static let adding = """
        return {
          from = "out", to = "sums",
          state = { key = function() return "all" end, initial = { sum = 0 } },
          handler = function(event, context)
            context.state.sum = context.state.sum + event.data.twice
            return { sum = context.state.sum }
          end,
        }
        """

    private static func withChain(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/double.lua", doubling)
            _ = try place.write("functions/add.lua", adding)
            try await place.command.run(
                "produce", "in", input: (1...4).map { "{\"n\":\($0)}\n" }.joined())
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            try await body(place)
        }
    }

    @Test func `a plan tells what runs again, what is rebuilt, and who will see it`() async throws {
        try await Self.withChain { place in
            let plan = try await place.command.run(
                "offset", "reset", "double", "--to", "1", "--plan")
            #expect(plan.status == 0)
            #expect(
                plan.output == """
                    double/0  in  offset 4 -> 1
                    events that run again  3
                    outputs                appended once more, as another generation, about 3
                    state that is rebuilt  none
                    downstream:
                      out, written by double: 4 events, about 3 more; read by add
                      sums, written by add: 4 events, about 3 more; no function reads it
                    this is a plan; nothing was done

                    """)
            let stateful = try await place.command.run(
                "offset", "reset", "add", "--to", "-2", "--outputs", "fill", "--plan", "--json")
            let json = try stateful.json([String: JSONValue].self)
            #expect(json["state_keys"] == .integer(1) && json["events_again"] == .integer(2))
            #expect(json["is_done"] == .bool(false))
            // Nothing moved.
            let shown = try await place.command.run("replay", "show", "double")
            #expect(shown.output == "function 'double' was never moved\n")
        }
    }

    @Test func `without a terminal a reset wants to be told yes`() async throws {
        try await Self.withChain { place in
            let refused = try await place.command.run(
                "offset", "reset", "double", "--to", "earliest")
            #expect(refused.status == 2 && refused.errors.contains("look at --plan first"))
            let done = try await place.command.run(
                "offset", "reset", "double", "--to", "earliest", "--yes", "--because", "a bug")
            #expect(done.status == 0)
            #expect(done.output.hasSuffix("moved; see: moonrail replay show double\n"))
            let shown = try await place.command.run("replay", "show", "double", "--json")
            let replay = try shown.json([[String: JSONValue]].self)[0]
            #expect(replay["events_left"] == .integer(4) && replay["generation"] == .integer(1))
            try await place.command.run("run", "--until-idle")
            let over = try await place.command.run("replay", "show", "double")
            #expect(over.lines.last?.hasSuffix("over") == true)
            let read = try await place.command.run("read", "out")
            #expect(read.lines.count == 8)
            #expect(read.lines[3].contains("moonrailgeneration") == false)
            #expect(read.lines[4].contains(#""moonrailgeneration":"1""#))
            let sums = try await place.command.run(
                "read", "sums", "--format", "data", "--from", "-1")
            #expect(sums.output == "{\"sum\":40}\n")
            let audit = try await place.command.run("read", "moonrail.audit", "--from", "-1")
            #expect(audit.output.contains("a bug (outputs append: double/0 from offset 4 of in"))
        }
    }

    @Test(arguments: [
        (["--to", "9"], 4, "ends before offset 4; there is no 9 yet"),
        (["--to", "latest", "--outputs", "fill"], 4, "nothing to fill in"),
        (["--to", "yesterday"], 2, "'yesterday' is no place"),
        (["--to", "earliest", "--partition", "3"], 4, "has no lane 3; it has 1, from 0"),
        (["--to", "earliest", "--rate", "0"], 2, "--rate must be at least 1"),
        (["--to", "earliest", "--outputs", "both"], 2, "both"),
    ])
    func `a reset that can't be meant is refused with what to do`(
        options: [String], status: Int32, reason: String
    ) async throws {
        try await Self.withChain { place in
            let plan = options.contains("0") ? ["--yes"] : ["--plan"]
            let result = try await place.command.start(
                ["offset", "reset", "double"] + options + plan
            ).finish()
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains(reason), "\(result.errors)")
        }
    }

    @Test func `a changed script is held against history, and the exit status tells`()
        async throws
    {
        try await Self.withChain { place in
            let same = try await place.command.run("replay", "diff", "double")
            #expect(same.status == 0)
            #expect(
                same.output
                    == "4 events ran, 4 outputs are the same: nothing would be otherwise\n")
            let changed = Self.doubling.replacing(
                "return { twice = event.data.n * 2 }",
                with: """
                    if event.data.n == 2 then return nil end
                        if event.data.n == 3 then return { twice = 7 } end
                        if event.data.n == 4 then error("four") end
                        return { twice = event.data.n * 2 }
                    """)
            let file = try place.write("double-new.lua", changed)
            let diff = try await place.command.run(
                "replay", "diff", "double", "--file", file, "--from", "1")
            #expect(diff.status == 1)
            #expect(
                diff.output == """
                    missing  in/0/1 emission 0 -> out/0/1: {"twice":4}
                    changed  in/0/2 emission 0 -> out/0/2
                             data.twice is 7; expected 6
                    added  in/0/3 -> dead.double: raised: \(file):5: four
                    missing  in/0/3 emission 0 -> out/0/3: {"twice":8}
                    3 events ran, 0 outputs are the same: 1 added, 1 changed, 2 missing

                    """)
            let json = try await place.command.run(
                "replay", "diff", "double", "--file", file, "--last", "3", "--json")
            #expect(json.status == 1 && json.lines.count == 5)
            #expect(json.lines[1].contains(#""recorded":{"twice":6}"#))
        }
    }

    @Test func `a shadow is shown, compared, swapped and dropped by command`() async throws {
        try await Self.withChain { place in
            let none = try await place.command.run("replay", "swap", "add")
            #expect(none.status == 4 && none.errors.contains("has no shadow; begin one with"))
            let begun = try await place.command.run(
                "offset", "reset", "add", "--to", "earliest", "--outputs", "shadow", "--rate",
                "1000000", "--yes")
            #expect(begun.status == 0, "\(begun.errors)")
            let shown = try await place.command.run("replay", "show", "add", "--json")
            let replay = try shown.json([[String: JSONValue]].self)[0]
            #expect(replay["function"] == .string("shadow.add"))
            #expect(replay["outputs"] == .string("shadow") && replay["events_left"] == .integer(4))
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            let over = try await place.command.run("replay", "show", "add")
            #expect(over.lines.last?.hasPrefix("shadow.add/0") == true)
            #expect(over.lines.last?.hasSuffix("follows") == true)
            let asked = try await place.command.run("replay", "drop", "add")
            #expect(asked.status == 2 && asked.errors.contains("say --yes"))
            let swapped = try await place.command.run(
                "replay", "swap", "add", "--because", "all was wrong")
            #expect(swapped.status == 0, "\(swapped.errors)")
            let history = try await place.command.run("function", "history", "add")
            #expect(history.lines.last?.contains("swapped") == true)
            #expect(history.lines.last?.contains("all was wrong") == true)
            let dropped = try await place.command.run("replay", "drop", "add", "--yes")
            #expect(dropped.output == "the shadow of 'add' is removed\n", "\(dropped.errors)")
            let stations = try await place.command.run("station", "list")
            #expect(!stations.output.contains("shadow"))
            let sums = try await place.command.run("read", "sums", "--format", "data")
            #expect(sums.lines.last == #"{"sum":20}"#)
        }
    }

    @Test func `history is verified, over versions and with state`() async throws {
        try await Self.withChain { place in
            _ = try place.write(
                "functions/add.lua", Self.adding.replacing("{ sum =", with: "{ total ="))
            try await place.command.run("produce", "in", input: "{\"n\":5}\n")
            try await place.command.run("run", "--until-idle")
            for function in ["double", "add"] {
                let result = try await place.command.run("replay", "verify", function)
                #expect(result.status == 0, "\(result.output) \(result.errors)")
                #expect(
                    result.output
                        == "5 events ran, 5 outputs are the same: history is as it would be made "
                        + "again\n")
            }
            let unknown = try await place.command.run("replay", "verify", "nobody")
            #expect(unknown.status == 4 && unknown.errors.contains("never ran"))
        }
    }
}
