import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Functions in directories of their own, and what a `memphis.yaml` beside them says.
@Suite struct ManifestTests {
    private static let script = """
        return { from = "a", to = "b", handler = function(event, context)
          return { n = event.data.n, by = context.inputs.by or "nobody" }
        end }
        """

    private struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads lines such as `by: one # who` as inputs, but for those of the manifest's own fields.
    private static func read(_ bytes: [UInt8], _ file: String) throws -> FunctionManifest {
        var manifest = FunctionManifest(file: file)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        for (number, line) in lines.enumerated() {
            let parts = line.prefix { $0 != "#" }.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
            }
            guard parts.count == 2 else {
                throw Broken(description: "\(file):\(number + 1): broken")
            }
            switch parts[0] {
            case "function_name": manifest.functionName = .init(parts[1], line: number + 1)
            case "description": manifest.description = parts[1]
            case "memory":
                manifest.memory = UInt64(parts[1]).map { .init(bytes: $0 << 20, line: number + 1) }
            default:
                manifest.inputs.append(
                    .init(name: parts[0], value: .string(parts[1]), line: number + 1))
            }
        }
        return manifest
    }

    private static func with(_ body: (TestLine) async throws -> Void) async throws {
        try await TestLine.with([:], readManifest: Self.read) { line in
            for station in ["a", "b"] as [StationName] {
                try await line.engine.open(station, settings: nil)
            }
            try await body(line)
        }
    }

    private static func send(_ line: TestLine) async throws {
        try await line.produce("a", [#"{"n":1}"#])
    }

    private static func inputs(_ status: FunctionStatus) -> JSONValue? {
        status.definition?.inputs
    }

    @Test func `a function in a directory of its own runs, and follows its manifest at once`()
        async throws
    {
        try await Self.with { line in
            try await line.whileRunning { worker in
                try line.save("f/memphis.yaml", "function_name: f\nby: one\n")
                try line.save("f/f.lua", Self.script)
                try line.save("f/notes.txt", "not a function")
                try await line.wait(worker, for: "f") {
                    Self.inputs($0) == .object(["by": .string("one")])
                }
                try await Self.send(line)
                try await line.waitForPayloads("b", count: 1)
                try line.save("f/memphis.yaml", "function_name: f\nby: two\n")
                try await line.wait(worker, for: "f") {
                    Self.inputs($0) == .object(["by": .string("two")])
                }
                try await Self.send(line)
                try await line.waitForPayloads("b", count: 2)
                // What results do not depend on is taken over, too, and is no other version.
                let before = await worker.overview.functions().first?.version
                try line.save("f/memphis.yaml", "description: what it does\nby: two\nmemory: 64\n")
                let status = try await line.wait(worker, for: "f") {
                    $0.definition?.description == "what it does"
                }
                #expect(status.definition?.limits.memoryBytes == 64 << 20)
                #expect(status.version == before)
                try FileManager.default.removeItem(
                    at: line.directory.appendingPathComponent("functions/f"))
                try await line.waitForFunctions([], worker)
            }
            #expect(try await line.stamps() == ["one", "two"])
        }
    }

    @Test func `a broken manifest keeps what runs as it is, also over a restart`() async throws {
        try await Self.with { line in
            try line.save("f/f.lua", Self.script)
            try line.save("f/memphis.yaml", "by: one\nmemory: 64\n")
            try await line.whileRunning { worker in
                try await line.wait(worker, for: "f") { $0.state == .running }
                try line.save("f/memphis.yaml", "by: two\nbroken\n")
                let status = try await line.wait(worker, for: "f") { $0.failedDeployment != nil }
                #expect(status.failedDeployment?.hasSuffix("f/memphis.yaml:2: broken") == true)
                #expect(status.state == .running)
                try await Self.send(line)
                try await line.waitForPayloads("b", count: 1)
            }
            try await Self.send(line)
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.failedDeployment != nil && status.state == .running)
            #expect(status.definition?.limits.memoryBytes == 64 << 20)
            #expect(try await line.stamps() == ["one", "one"])
            try line.save("f/memphis.yaml", "by: three\n")
            try await Self.send(line)
            let mended = try #require(try await line.runUntilIdle().first)
            #expect(mended.failedDeployment == nil)
            #expect(try await line.stamps().last == "three")
        }
    }

    @Test func `a manifest at the top is of the function that it names`() async throws {
        try await Self.with { line in
            try line.save("f.lua", Self.script)
            try line.save("g.lua", Self.script.replacingOccurrences(of: "\"b\"", with: "\"c\""))
            try line.save("memphis.yaml", "function_name: f\nby: one\n")
            let functions = try await line.runUntilIdle()
            #expect(functions.map(\.name) == ["f", "g"])
            #expect(functions.map(Self.inputs) == [.object(["by": .string("one")]), .object([:])])
            // One that does not say whose it is may be anybody's.
            try line.save("memphis.yaml", "broken\n")
            for status in try await line.runUntilIdle() {
                #expect(status.failedDeployment?.hasSuffix("memphis.yaml:1: broken") == true)
            }
            // One that is broken below its name leaves the others alone.
            try line.save("memphis.yaml", "function_name: f # mine\nbroken\n")
            let named = try await line.runUntilIdle()
            #expect(named.map { $0.failedDeployment != nil } == [true, false])
            try line.save("memphis.yaml", "by: one\n")
            let nameless = try #require(try await line.runUntilIdle().first)
            #expect(
                nameless.failedDeployment?.contains("memphis.yaml:1: 'function_name' is missing")
                    == true)
            try line.save("memphis.yaml", "function_name: ff\nby: one\n")
            let (_, problems) = await line.deployment().examine()
            #expect(problems.count == 1)
            #expect(
                problems.first?.contains("memphis.yaml:1: 'function_name' is 'ff', and there")
                    == true)
        }
    }

    @Test func `a script in both places is an error, and what runs goes on`() async throws {
        try await Self.with { line in
            try line.save("f.lua", Self.script)
            try await line.whileRunning { worker in
                try await line.wait(worker, for: "f") { $0.state == .running }
                try line.save("f/f.lua", Self.script)
                let status = try await line.wait(worker, for: "f") { $0.failedDeployment != nil }
                #expect(
                    status.failedDeployment?.hasSuffix(
                        "f/f.lua, too, and both are function 'f'; keep one of them") == true)
                #expect(status.state == .running)
                try line.remove("f")
                let moved = try await line.wait(worker, for: "f") { $0.failedDeployment == nil }
                #expect(moved.file.hasSuffix("functions/f/f.lua") && moved.state == .running)
                try await Self.send(line)
                try await line.waitForPayloads("b", count: 1)
            }
        }
    }

    @Test(arguments: ["function_name: g\nby: one\n", "by: one"])
    func `a manifest may name no other function than its directory does`(text: String)
        async throws
    {
        try await Self.with { line in
            try line.save("f/f.lua", Self.script)
            try line.save("f/memphis.yaml", text)
            let status = try #require(try await line.runUntilIdle().first)
            let isOther = text.hasPrefix("function_name")
            #expect(
                status.state.reason?.contains(
                    "f/memphis.yaml:1: 'function_name' is 'g'; it must be 'f'")
                    == (isOther ? true : nil))
        }
    }

    @Test func `a manifest without its script is told`() async throws {
        try await Self.with { line in
            try line.save("f/main.lua", Self.script)
            try line.save("f/memphis.yaml", "function_name: f\n")
            let (functions, problems) = await line.deployment().examine()
            #expect(functions.isEmpty)
            #expect(problems.count == 1)
            #expect(problems.first?.contains("functions/f/f.lua beside it") == true)
        }
    }

    @Test(arguments: [true, false])
    func `a rename takes the function's directory and its manifest along`(isOwn: Bool)
        async throws
    {
        try await Self.with { line in
            let place = isOwn ? "f/" : ""
            try line.save(place + "f.lua", Self.script)
            try line.save(place + "f.test.yaml", "- tests\n")
            try line.save(place + "memphis.yaml", "by: one\nfunction_name: \"f\" # its name\n")
            try await Self.send(line)
            try await line.runUntilIdle()
            let answer = try await line.idleDeployments.perform(
                .rename(to: "ff"), on: "f", for: Asker(name: "uid 7"))
            #expect(answer.version != nil)
            try await Self.send(line)
            let functions = try await line.runUntilIdle()
            #expect(functions.map(\.name.text) == ["ff"])
            #expect(functions.first?.failedDeployment == nil)
            #expect(try await line.stamps() == ["one", "one"])
            let folder = line.directory.appendingPathComponent("functions")
            let manifest = folder.appendingPathComponent(isOwn ? "ff/memphis.yaml" : "memphis.yaml")
            #expect(
                try String(contentsOf: manifest, encoding: .utf8)
                    == "by: one\nfunction_name: \"ff\" # its name\n")
            #expect(
                line.deployment().directory.testFile(of: "ff").hasSuffix(
                    isOwn ? "functions/ff/ff.test.yaml" : "functions/ff.test.yaml"))
        }
    }
}
