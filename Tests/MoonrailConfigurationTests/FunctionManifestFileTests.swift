import MoonrailConfiguration
import MoonrailCore
import Testing

/// What a `memphis.yaml` means, in the forms that are in use.
@Suite struct FunctionManifestFileTests {
    private static func read(_ yaml: String) throws -> FunctionManifest {
        try FunctionManifestFile.manifest(of: Array(yaml.utf8), file: "memphis.yaml")
    }

    @Test func `a file as Memphis Functions has it gives its fields and notices of the rest`()
        throws
    {
        let manifest = try Self.read(
            """
            function_name: remove-fields
            description: Removes the fields that it is told
            tags:
              - tag: json
              - tag: field removal
            runtime: go1.18 # go | nodejs | python3.8
            dependencies: go.mod
            handler: main.handler
            inputs:
              - name: first_field
              - name: cutoff
                value: 5
            memory: 128
            storage: 512
            environment_vars:
              - name: ENV_1
                value: one
            """)
        #expect(manifest.functionName == .init("remove-fields", line: 1))
        #expect(manifest.description == "Removes the fields that it is told")
        #expect(manifest.tags == ["json", "field removal"])
        #expect(
            manifest.inputs == [
                .init(name: "first_field", value: nil, line: 10),
                .init(name: "cutoff", value: .integer(5), line: 11),
            ])
        #expect(manifest.memory == .init(bytes: 128 << 20, line: 13))
        #expect(
            manifest.notices.map(\.description) == [
                "memphis.yaml:6: 'runtime' is 'go1.18', and is not looked at: functions are Lua "
                    + "5.4",
                "memphis.yaml:7: 'dependencies' is not looked at: a script may require files of "
                    + "lib only",
                "memphis.yaml:8: 'handler' is not looked at: the table that the script returns has "
                    + "it",
                "memphis.yaml:14: 'storage' is not looked at: a function has no files",
                "memphis.yaml:15: 'environment_vars' is not looked at: a function has no "
                    + "environment; give it inputs",
            ])
    }

    @Test func `tags and inputs may be written shorter, and memory as a size`() throws {
        let manifest = try Self.read(
            """
            tags: [json, "7", json]
            inputs: { field: name, limits: [1, 2.5], deep: { on: true } }
            memory: 512KiB
            runtime: lua5.4
            """)
        #expect(manifest.tags == ["json", "7"])
        #expect(
            manifest.inputs.map(\.value) == [
                .string("name"), .array([.integer(1), .double(2.5)]), .object(["on": .bool(true)]),
            ])
        #expect(manifest.memory?.bytes == 512 << 10)
        #expect(manifest.functionName == nil && manifest.notices.isEmpty)
        let names = try Self.read("inputs: [field, other]").inputs
        #expect(names.map(\.name) == ["field", "other"] && names.allSatisfy { $0.value == nil })
    }

    @Test func `a template whose fields are empty says nothing`() throws {
        let manifest = try Self.read(
            "function_name:\nruntime:\ndependencies:\ntags:\ninputs:\nmemory:\ndescription:\n")
        #expect(manifest == FunctionManifest(file: "memphis.yaml"))
        #expect(try Self.read("") == FunctionManifest(file: "memphis.yaml"))
    }

    @Test func `a field that is not known is a notice that names the nearest`() throws {
        #expect(
            try Self.read("\nimputs: {}").notices.map(\.description)
                == [
                    "memphis.yaml:2: 'imputs' is not known, and is not looked at; did you mean "
                        + "'inputs'?"
                ])
    }

    @Test(arguments: [
        ("a", "memphis.yaml:1: the file is 'a'; it must be a table"),
        (
            "function_name: 7",
            "memphis.yaml:1: 'function_name' is '7'; it must be a name; numbers "
                + "need quotes"
        ),
        (
            "tags: json",
            "memphis.yaml:1: 'tags' is 'json'; it must be a list, such as '- tag: json'"
        ),
        (
            "tags: [{ label: a }]",
            "memphis.yaml:1: a tag is a table; it must be text of 1 to 128 "
                + "bytes; numbers need quotes"
        ),
        (
            "inputs: field",
            "memphis.yaml:1: 'inputs' is 'field'; it must be a list, such as "
                + "'- name: field'"
        ),
        ("inputs:\n  - value: 1", "memphis.yaml:2: an input has no 'name'"),
        (
            "inputs:\n  - name: a\n  - name: a",
            "memphis.yaml:3: input 'a' is there in line 2 "
                + "already; keep one"
        ),
        (
            "inputs: { a: no }",
            "memphis.yaml:1: input 'a': 'value' is 'no', which may mean false or "
                + "text; write false or \"no\""
        ),
        (
            "memory: 2048",
            "memphis.yaml:1: 'memory' is '2048'; it must be a number of MB from 1 to "
                + "1024, or a size such as 64MiB"
        ),
        (
            "memory: much",
            "memphis.yaml:1: 'memory' is 'much'; it must be a number of MB from 1 to "
                + "1024, or a size such as 64MiB"
        ),
        (
            "description: [a]",
            "memphis.yaml:1: 'description' is a list; it must be text of at most "
                + "1024 bytes; numbers need quotes"
        ),
        (
            "description: a: b",
            "memphis.yaml:1: broken YAML: mapping values are not allowed in this "
                + "context"
        ),
    ])
    func `what can't be meant is one error with its line`(yaml: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Self.read(yaml) }
        #expect(error?.messages == [message])
    }

    @Test func `bytes that are no text are an error`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try FunctionManifestFile.manifest(of: [0xFF, 0xFE, 0x00], file: "memphis.yaml")
        }
        #expect(error?.messages == ["memphis.yaml: it is not UTF-8 text"])
    }
}
