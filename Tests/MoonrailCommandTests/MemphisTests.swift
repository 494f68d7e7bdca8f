import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Functions as users of Memphis Functions have them: a directory each, with a `memphis.yaml`.
@Suite struct MemphisTests {
    private static let script = """
        return {
          from = "raw", to = "clean",
          handler = function(event, context)
            local data = event.data
            data[context.inputs.field] = context.inputs.value
            return data
          end,
        }
        """

    private static let manifest = """
        function_name: add-field
        description: Adds a field
        tags:
          - tag: json
          - tag: enrich
        runtime: nodejs18.x
        handler: index.handler
        inputs:
          - name: field
            value: source
          - name: value
        memory: 64
        """

    private static func with(
        config: String? = nil, _ body: (Workplace) async throws -> Void
    ) async throws {
        try await Workplace.with(config: config) { place in
            try FileManager.default.createDirectory(
                at: place.functions.appendingPathComponent("add-field"),
                withIntermediateDirectories: true)
            _ = try place.write("functions/add-field/add-field.lua", script)
            _ = try place.write("functions/add-field/memphis.yaml", manifest)
            _ = try place.write(
                "functions/add-field/add-field.test.yaml",
                """
                - name: a field is added
                  event: { data: { n: 1 } }
                  emits: { clean: [{ data: { n: 1, source: shop } }] }
                """)
            try await body(place)
        }
    }

    private static let config = "functions: { add-field: { inputs: { value: shop } } }"

    @Test func `it is checked, tested, run and shown with what its memphis.yaml says`()
        async throws
    {
        try await Self.with(config: Self.config) { place in
            let check = try await place.command.run("function", "check")
            #expect(check.status == 0)
            let messages = check.errors.replacingOccurrences(of: place.folder.path + "/", with: "")
            #expect(
                messages.split(separator: "\n") == [
                    "functions/add-field/memphis.yaml:6: warning: 'runtime' is 'nodejs18.x', and "
                        + "is not looked at: functions are Lua 5.4",
                    "functions/add-field/memphis.yaml:7: warning: 'handler' is not looked at: the "
                        + "table that the script returns has it",
                ])
            let tests = try await place.command.run("function", "test")
            #expect(tests.status == 0, "\(tests.output)\(tests.errors)")
            try await place.command.run("produce", "raw", input: "{\"n\":1}\n")
            let run = try await place.command.run("run", "--until-idle")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.components(separatedBy: "'runtime' is").count == 2)
            let read = try await place.command.run("read", "clean", "--format", "data")
            #expect(read.output == "{\"n\":1,\"source\":\"shop\"}\n")
            let show = try await place.command.run("function", "show", "add-field")
            #expect(show.output.contains("json, enrich"))
            #expect(show.output.contains("Adds a field"))
            #expect(show.output.contains("67108864 bytes"))
            let list = try await place.command.run("function", "list", "--json")
            guard
                case .object(let definition)? =
                    try list.json([[String: JSONValue]].self).first?["definition"]
            else {
                Issue.record("no definition: \(list.output)")
                return
            }
            #expect(definition["tags"] == .array([.string("json"), .string("enrich")]))
            #expect(
                definition["inputs"]
                    == .object(["field": .string("source"), "value": .string("shop")]))
        }
    }

    @Test func `an input without a value is a warning, a file that means nothing an error`()
        async throws
    {
        try await Self.with { place in
            let open = try await place.command.run("function", "check", "add-field")
            #expect(open.status == 0)
            #expect(open.errors.contains("memphis.yaml:11: warning: input 'value' has no value"))
            let file = place.functions.appendingPathComponent("add-field/add-field.lua").path
            _ = try place.write("functions/add-field/memphis.yaml", "memory: lots\n")
            for name in ["add-field", file] {
                let broken = try await place.command.run("function", "check", name)
                #expect(broken.status == 1)
                #expect(broken.errors.contains("memphis.yaml:1: 'memory' is 'lots'; it must be"))
                #expect(broken.errors.split(separator: "\n").count == 1)
            }
            let again = try await place.command.run("function", "init", "add-field")
            #expect(again.status == 4)
        }
    }
}
