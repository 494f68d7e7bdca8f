import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct FunctionTests {
    @Test func `functions are listed and shown without a worker`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            _ = try place.write("functions/broken.lua", "return {")
            try await place.command.run("station", "create", "raw")
            let list = try await place.command.run("function", "list")
            #expect(list.status == 0)
            #expect(list.lines.first?.hasPrefix("FUNCTION  STATE") == true)
            #expect(list.lines.contains { $0.hasPrefix("broken    failed") })
            #expect(list.lines.contains { $0.hasPrefix("pass      stopped") })
            let shown = try await place.command.run("function", "show", "pass", "--json")
            let function = try shown.json([String: JSONValue].self)
            #expect(function["state"] == .string("stopped"))
            guard case .object(let definition) = function["definition"] else {
                Issue.record("no definition in \(shown.output)")
                return
            }
            #expect(definition["from"] == .array([.string("raw")]))
            #expect(definition["to"] == .array([.string("clean")]))
            #expect(try await place.command.run("function", "show", "pass").status == 0)
        }
    }

    @Test func `a function that does not exist is not found, and the nearest is named`()
        async throws
    {
        try await Workplace.with { place in
            try place.writeFunction("celsius", from: "raw", to: "clean")
            try await place.command.run("station", "create", "raw")
            let shown = try await place.command.run("function", "show", "celsuis")
            #expect(shown.status == 3)
            #expect(shown.errors.contains("did you mean 'celsius'?"))
            #expect(try await place.command.run("offset", "show", "celsuis").status == 3)
        }
    }

    @Test func `a check says what is sound and what is broken`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            let sound = try await place.command.run("function", "check")
            #expect(sound.status == 0)
            #expect(sound.output.hasSuffix("is sound\n"))
            let broken = try place.write("functions/broken.lua", "return {\n  from = 1 +,\n}")
            let all = try await place.command.run("function", "check")
            #expect(all.status == 1)
            #expect(all.lines.count == 1)
            #expect(all.errors.contains("broken.lua:2:"))
            let one = try await place.command.run("function", "check", broken, "--json")
            #expect(one.status == 1)
            let verdicts = try one.json([[String: JSONValue]].self)
            #expect(verdicts.map { $0["ok"] } == [.bool(false)])
            // Nothing was opened or created for it.
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `a check finds mistakes that show when events run`() async throws {
        try await Workplace.with { place in
            _ = try place.write(
                "functions/late.lua",
                """
                return { from = "raw", to = { "clean", "rest" },
                  handler = function(event, context)
                    local now = os.clock()
                    return { now = now }
                  end }
                """)
            let check = try await place.command.run("function", "check", "late")
            #expect(check.status == 1)
            #expect(check.output == "")
            #expect(check.errors.contains("late.lua:1: warning: 'to' declares 'rest'"))
            #expect(check.errors.contains("late.lua:3: there is no 'os.clock'"))
            let json = try await place.command.run("function", "check", "late", "--json")
            #expect(json.status == 1)
            let verdicts = try json.json([[String: JSONValue]].self)
            #expect(verdicts.first?["ok"] == .bool(false))
            guard case .array(let findings) = verdicts.first?["findings"] else {
                Issue.record("no findings in \(json.output)")
                return
            }
            #expect(findings.count == 2)
            // A warning alone is no failure.
            try place.writeFunction("late", from: "raw", to: "clean")
            _ = try place.write(
                "functions/lib-less.lua",
                "total = 1\nreturn { from = \"raw\", "
                    + "handler = function() end }")
            let warned = try await place.command.run("function", "check")
            #expect(warned.status == 0)
            #expect(warned.errors.contains("lib-less.lua:1: warning: 'total'"))
            #expect(warned.lines.count == 2)
        }
    }

    @Test func `a check reads libraries, too, and knows what they assign`() async throws {
        try await Workplace.with { place in
            try FileManager.default.createDirectory(
                at: place.functions.appendingPathComponent("lib"),
                withIntermediateDirectories: true)
            _ = try place.write("functions/lib/shared.lua", "factor = 2")
            _ = try place.write(
                "functions/scale.lua",
                """
                require "lib.shared"
                return { from = "raw", handler = function() print(factor) end }
                """)
            let sound = try await place.command.run("function", "check")
            #expect(sound.status == 0)
            #expect(sound.errors.contains("lib/shared.lua:1: warning: 'factor' is assigned"))
            _ = try place.write("functions/lib/shared.lua", "local x = 1\nreturn { x + faktor }")
            _ = try place.write("functions/lib/other.lua", "return function() return sume end")
            let broken = try await place.command.run("function", "check")
            #expect(broken.status == 1)
            #expect(broken.errors.contains("lib/shared.lua:2: attempt to perform arithmetic"))
            #expect(broken.errors.contains("lib/other.lua:1: there is no global 'sume'"))
        }
    }

    @Test func `a check knows stations that are stored, declared or written`() async throws {
        let config = "stations:\n  declared: {}\n"
        try await Workplace.with(config: config) { place in
            try place.writeFunction("one", from: "stored", to: "middle")
            try place.writeFunction("two", from: "middle", to: "end")
            try place.writeFunction("three", from: "declared", to: "end")
            try place.writeFunction("four", from: "dead.one", to: "end")
            try place.writeFunction("five", from: "midle", to: "end")
            try await place.command.run("station", "create", "stored")
            let check = try await place.command.run("function", "check")
            #expect(check.status == 0)
            #expect(check.errors.split(separator: "\n").count == 1)
            #expect(
                check.errors.contains(
                    "five.lua:2: warning: 'from' names station 'midle', which does not exist yet "
                        + "and no function writes; did you mean 'middle'?"))
        }
        try await Workplace.with(config: config + "create_stations: false\n") { place in
            try place.writeFunction("one", from: "declared", to: "other")
            let check = try await place.command.run("function", "check", "one")
            #expect(check.status == 1)
            #expect(check.errors.contains("one.lua:2: 'to' names station 'other', which does not"))
        }
    }

    @Test func `a function that does not exist is not found by a check`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("celsius", from: "raw", to: "clean")
            let check = try await place.command.run("function", "check", "celsuis")
            #expect(check.status == 3)
            #expect(check.errors.contains("did you mean 'celsius'?"))
            #expect(try await place.command.run("function", "check", "celsius").status == 0)
        }
    }

    @Test func `a check of a missing file ends with status 3`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run("function", "check", "/no/such.lua")
            #expect(result.status == 3)
        }
    }

    @Test func `offsets tell how far each lane has come`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            try await place.command.run("produce", "raw", input: "{}\n{}\n{}\n")
            #expect(try await place.command.run("offset", "show").lines.count == 1)
            #expect(try await place.command.run("offset", "show", "pass").status == 0)
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            let shown = try await place.command.run("offset", "show", "pass", "--json")
            let lanes = try shown.json([[String: JSONValue]].self)
            #expect(lanes.count == 1)
            #expect(lanes.first?["processed"] == .integer(3))
            #expect(lanes.first?["emitted"] == .integer(3))
            #expect(lanes.first?["lag"] == .integer(0))
            #expect(
                lanes.first?["inputs"]
                    == .array([
                        .object(["station": .string("raw"), "next_offset": .integer(3)])
                    ]))
            #expect(try await place.command.run("offset", "show").lines.count == 2)
        }
    }
}
