import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct FunctionInitTests {
    /// What `init` writes for editors.
    private static func definitions() async throws -> String {
        var text = ""
        try await Workplace.with { place in
            try await place.command.run("function", "init", "celsius")
            text = try String(
                contentsOf: place.functions.appendingPathComponent(".luals/moonrail.lua"),
                encoding: .utf8)
        }
        return text
    }

    /// The names of the fields of a class of the definitions.
    private static func fields(of type: String, in definitions: String) -> Set<String> {
        let parts = definitions.components(separatedBy: "---@class").dropFirst()
        let own =
            parts.first { $0.hasPrefix(" (exact) moonrail.\(type)\n") }
            ?? parts.first { $0.hasPrefix(" moonrail.\(type)\n") }
        let lines = own?.components(separatedBy: "\n\n").first ?? ""
        return Set(lines.matches(of: /---@field ([a-z_]+)/).map { String($0.1) })
    }

    /// The functions `prefix.name` of the definitions, but for those that are marked as missing.
    private static func functions(
        _ pattern: Regex<(Substring, Substring)>, in definitions: String, deprecated: Bool = false
    ) -> Set<String> {
        let blocks = definitions.components(separatedBy: "\n\n")
            .filter { $0.contains("---@deprecated") == deprecated }
        return Set(blocks.flatMap { $0.matches(of: pattern).map { String($0.1) } })
    }

    @Test func `a new function passes its check and its tests, and runs`() async throws {
        try await Workplace.with { place in
            let made = try await place.command.run(
                "function", "init", "celsius", "--from", "raw", "--to", "clean")
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.lines.filter { $0.hasPrefix("wrote ") }.count == 4)
            #expect(made.lines.contains("  moonrail function test celsius"))
            let check = try await place.command.run("function", "check")
            #expect(check.status == 0 && check.errors == "", "\(check.errors)")
            let test = try await place.command.run("function", "test", "celsius")
            #expect(test.status == 0)
            #expect(test.lines.last == "2 passed, 0 failed")
            try await place.command.run("produce", "raw", input: "{\"a\":1}\n7\n")
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            let read = try await place.command.run("read", "clean", "--format", "data")
            #expect(read.output == "{\"a\":1,\"seen\":true}\n")
            let settings = try String(
                contentsOf: place.folder.appendingPathComponent(".luarc.json"), encoding: .utf8)
            let json = try JSONValue(parsing: Array(settings.utf8))
            guard case .object(let members) = json else { return }
            #expect(members["workspace.library"] == .array([.string("functions/.luals")]))
        }
    }

    @Test func `nothing that is there is overwritten`() async throws {
        try await Workplace.with { place in
            let tests = try place.write("functions/celsius.test.yaml", "mine")
            let refused = try await place.command.run("function", "init", "celsius")
            #expect(refused.status == 4)
            #expect(refused.errors.contains("celsius.test.yaml is there already"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: place.functions.path)
                    == ["celsius.test.yaml"])
            #expect(try String(contentsOfFile: tests, encoding: .utf8) == "mine")
            let settings = try place.write(".luarc.json", "{}")
            let made = try await place.command.run("function", "init", "other", "--json")
            let written = try made.json([String: [String]].self)
            #expect(written["kept"] == [settings])
            #expect(written["created"]?.count == 3)
            #expect(try String(contentsOfFile: settings, encoding: .utf8) == "{}")
        }
    }

    @Test func `a name that is none, and one station for both ends, are usage errors`() async throws
    {
        try await Workplace.with { place in
            #expect(try await place.command.run("function", "init", "Celsius").status == 2)
            let loop = try await place.command.run(
                "function", "init", "celsius", "--from", "a", "--to", "a")
            #expect(loop.status == 2)
            #expect(loop.errors.contains("would never end"))
        }
    }

    @Test func `the definitions for editors have the fields that a definition takes`() async throws
    {
        let definitions = try await Self.definitions()
        #expect(
            Self.fields(of: "Function", in: definitions) == Set(FunctionDefinition.knownFields))
        // What a table inside takes, its own error message lists.
        for (name, type) in [("limits", "Limits"), ("retry", "Retry"), ("breaker", "Breaker")] {
            let error = #expect(throws: InvalidDefinition.self) {
                _ = try FunctionDefinition(
                    name: "test", file: "test.lua",
                    table: .object([
                        "from": .string("a"), name: .object(["zzzzzzzzzz": .null]),
                    ]), overrides: FunctionOverrides(), limits: FunctionLimits())
            }
            let list = error?.description.components(separatedBy: "known: ").last ?? ""
            #expect(
                Self.fields(of: type, in: definitions) == Set(list.components(separatedBy: ", ")))
        }
    }

    @Test func `the definitions for editors have what a script finds`() async throws {
        let definitions = try await Self.definitions()
        #expect(Self.fields(of: "Event", in: definitions) == ScriptContract.eventFields)
        #expect(Self.fields(of: "EmitOptions", in: definitions) == ScriptContract.emitOptions)
        let members = Self.fields(of: "Context", in: definitions)
            .union(Self.functions(/function context\.([a-z]+)\(/, in: definitions))
        #expect(members == ScriptContract.contextMembers)
        #expect(
            Self.functions(/function log\.([a-z]+)\(/, in: definitions) == ScriptContract.logLevels)
        let globals = Self.functions(/\nfunction ([a-z]+)\(/, in: definitions).union(["null"])
        #expect(globals == ScriptContract.globals)
        #expect(definitions.contains("\nnull = nil\n"))
        #expect(
            Self.functions(/function os\.([a-z]+)\(/, in: definitions)
                == ScriptContract.libraries["os"])
        // The others come with the language server, less what is marked.
        let removed = Self.functions(
            /function ((?:math|string)\.[a-z]+)\(/, in: definitions, deprecated: true)
        #expect(
            removed == [
                "math.randomseed", "string.dump", "string.pack", "string.packsize",
                "string.unpack",
            ])
        for name in removed {
            let parts = name.split(separator: ".").map(String.init)
            #expect(ScriptContract.libraries[parts[0]]?.contains(parts[1]) == false)
        }
    }
}
