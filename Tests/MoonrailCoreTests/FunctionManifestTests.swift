import MoonrailCore
import Testing

/// Which of configuration, script and `memphis.yaml` counts.
@Suite struct FunctionManifestTests {
    private static func manifest() -> FunctionManifest {
        var manifest = FunctionManifest(file: "functions/memphis.yaml")
        manifest.description = "of the manifest"
        manifest.tags = ["json"]
        manifest.memory = .init(bytes: 128 << 20, line: 4)
        manifest.inputs = [
            .init(name: "field", value: .string("name"), line: 6),
            .init(name: "cutoff", value: .integer(5), line: 7),
            .init(name: "open", value: nil, line: 8),
        ]
        return manifest
    }

    private static func definition(
        _ table: String = "{}", _ overrides: FunctionOverrides = FunctionOverrides(),
        limits: FunctionLimits = FunctionLimits()
    ) throws -> FunctionDefinition {
        let base = #"{"from": "a", "handler": "<function>""#
        let rest = table.dropFirst()
        return try FunctionDefinition(
            name: "f", file: "functions/f.lua",
            table: try JSONValue(
                parsing: Array((base + (rest == "}" ? "" : ",") + rest).utf8)),
            overrides: overrides, manifest: manifest(), limits: limits)
    }

    @Test func `the manifest stands where nothing else says other`() throws {
        let definition = try Self.definition()
        #expect(definition.description == "of the manifest")
        #expect(definition.tags == ["json"])
        #expect(definition.limits.memoryBytes == 128 << 20)
        #expect(
            definition.inputs == .object(["field": .string("name"), "cutoff": .integer(5)]))
    }

    @Test func `the script's table counts more, and the configuration most`() throws {
        let table = #"{"description": "of the script", "limits": {"memory": "64MiB"}}"#
        let script = try Self.definition(table)
        #expect(script.description == "of the script")
        #expect(script.limits.memoryBytes == 64 << 20)
        var overrides = FunctionOverrides()
        overrides.description = "of the configuration"
        overrides.memoryBytes = 16 << 20
        let configured = try Self.definition(table, overrides)
        #expect(configured.description == "of the configuration")
        #expect(configured.limits.memoryBytes == 16 << 20)
    }

    @Test func `configured inputs are laid over those of the manifest one by one`() throws {
        var overrides = FunctionOverrides()
        overrides.inputs = .object(["cutoff": .integer(9), "more": .bool(true)])
        #expect(
            try Self.definition("{}", overrides).inputs
                == .object(["field": .string("name"), "cutoff": .integer(9), "more": .bool(true)]))
    }

    @Test func `an input that nobody gives a value is told once with its line`() throws {
        let manifest = Self.manifest()
        #expect(
            manifest.notices(of: "f", inputs: try Self.definition().inputs).map(\.description)
                == [
                    "functions/memphis.yaml:8: input 'open' has no value, so that context.inputs "
                        + "does not have it; give it one under functions.f.inputs in the "
                        + "configuration, or as its 'value' here"
                ])
        var overrides = FunctionOverrides()
        overrides.inputs = .object(["open": .null])
        let given = try Self.definition("{}", overrides).inputs
        #expect(manifest.notices(of: "f", inputs: given).isEmpty)
    }

    @Test func `memory over what the operator allows is an error with its line`() throws {
        var limits = FunctionLimits()
        limits.scriptMemoryBytesMaximum = 64 << 20
        let error = #expect(throws: InvalidDefinition.self) {
            try Self.definition(limits: limits)
        }
        #expect(
            error?.description == "functions/memphis.yaml:4: 'memory' is 128MiB; the operator lets "
                + "a function ask for 64MiB at most (limits.memory_maximum)")
    }
}
