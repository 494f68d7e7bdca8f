import Foundation
import MoonrailTestSupport
import Testing

/// What the documents show is run, so that it can't rot.
@Suite struct DocumentTests {
    private static func text(_ path: String) throws -> String {
        try String(
            contentsOf: TemperatureLine.repository.appendingPathComponent(path), encoding: .utf8)
    }

    /// The contents of a document's fenced blocks of one language.
    private static func blocks(_ language: String, in document: String) -> [String] {
        document.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    @Test func `the first function of the README and its commands work as shown`() async throws {
        let readme = try Self.text("README.md")
        let script = try #require(Self.blocks("lua", in: readme).first)
        let commands = try #require(
            Self.blocks("", in: readme).first {
                $0.contains("moonrail function check functions/celsius.lua")
            })
        let folder = try TemporaryDirectory.make("readme")
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        let file = functions.appendingPathComponent("celsius.lua")
        try script.write(to: file, atomically: true, encoding: .utf8)
        let events = folder.appendingPathComponent("readings.ndjson")
        // The first line writes the file: echo '...' > readings.ndjson
        let document = try #require(commands.split(separator: "'").dropFirst().first)
        try String(document).write(to: events, atomically: true, encoding: .utf8)
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: functions)
        var last: MoonrailCommand.Result?
        for command in commands.split(separator: "\n").dropFirst() {
            let arguments = command.split(separator: " ").dropFirst().map { word in
                switch word {
                case "functions/celsius.lua": file.path
                case "readings.ndjson": events.path
                default: String(word)
                }
            }
            let result = try await moonrail.start(arguments).finish()
            #expect(result.status == 0, "\(command): \(result.errors)")
            last = result
        }
        #expect(
            last?.output.contains(#""data":{"sensor":"a","temp_f":212,"temp_c":100.0}"#) == true)
    }

    @Test func `the tests that the document shows pass, and so do those of the shipped functions`()
        async throws
    {
        let shown = try #require(Self.blocks("yaml", in: try Self.text("docs/testing.md")).first)
        let folder = try TemporaryDirectory.make("shown-tests")
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.copyItem(
            at: TemperatureLine.repository.appendingPathComponent("functions"), to: functions)
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: functions)
        let shipped = try await moonrail.run("function", "test")
        #expect(shipped.status == 0, "\(shipped.output)\(shipped.errors)")
        #expect(!shipped.output.contains("without tests"))
        try shown.write(
            to: functions.appendingPathComponent("celsius.test.yaml"), atomically: true,
            encoding: .utf8)
        let result = try await moonrail.run("function", "test", "celsius")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("2 passed, 0 failed\n"))
    }

    @Test func `the function and the commands that the document on functions shows work`()
        async throws
    {
        let document = try Self.text("docs/functions.md")
        let script = try #require(Self.blocks("lua", in: document).first)
        let commands = try #require(Self.blocks("", in: document).first)
        let folder = try TemporaryDirectory.make("functions")
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = folder.appendingPathComponent("functions")
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: functions, directory: folder)
        let sample = folder.appendingPathComponent("readings.ndjson")
        try "{\"temp_c\":30}\n{\"temp_c\":3}\n{}\n".write(
            to: sample, atomically: true, encoding: .utf8)
        for command in commands.split(separator: "\n") {
            let words = command.split(separator: " ").dropFirst().map(String.init)
            let result = try await moonrail.start(words).finish()
            #expect(result.status == 0, "\(command): \(result.errors)")
        }
        try script.write(
            to: functions.appendingPathComponent("warm.lua"), atomically: true, encoding: .utf8)
        let check = try await moonrail.run("function", "check", "warm")
        #expect(check.status == 0 && check.errors == "", "\(check.errors)")
        let run = try await moonrail.run("function", "run", "warm", "--sample", sample.path)
        #expect(run.output.contains("out     readings.warm  {\"temp_c\":30}"))
        #expect(run.output.contains("out     readings.cold  {\"temp_c\":3}"))
        #expect(run.output.contains("reject  no temperature"))
    }

    @Test func `the demo ends well and finds every count equal`() async throws {
        let data = try TemporaryDirectory.make("demo")
        defer { try? FileManager.default.removeItem(at: data) }
        let output = data.appendingPathComponent("output")
        try Data().write(to: output)
        let demo = Process()
        demo.executableURL = TemperatureLine.repository.appendingPathComponent("scripts/demo")
        demo.environment = [
            "PATH": "/usr/bin:/bin", "MOONRAIL": BuiltExecutables.moonrail,
            "MOONRAIL_FUNCTION_HOST": BuiltExecutables.functionHost,
            "MOONRAIL_DATA": data.appendingPathComponent("store").path,
        ]
        demo.standardOutput = try FileHandle(forWritingTo: output)
        demo.standardError = FileHandle.nullDevice
        try demo.run()
        while demo.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        #expect(demo.terminationStatus == 0)
        let text = try String(contentsOf: output, encoding: .utf8)
        let verdicts = text.split(separator: "\n").filter { $0.contains("   stored ") }
        #expect(verdicts.count == 5)
        #expect(verdicts.allSatisfy { $0.hasSuffix("   equal") }, "\(verdicts)")
    }

    @Test func `the README's picture shows the counts that come out`() throws {
        let readme = try Self.text("README.md")
        let expected = try TemperatureLine.expected()
        let format = NumberFormatter()
        format.numberStyle = .decimal
        format.locale = Locale(identifier: "en_US")
        for (station, readings) in expected {
            let count = try #require(format.string(from: readings.count as NSNumber))
            #expect(readme.contains(count), "\(station): \(count)")
        }
    }

    @Test func `every command that the README lists has help with an example`() async throws {
        let moonrail = MoonrailCommand(data: URL(fileURLWithPath: "/tmp/moonrail-none"))
        for command in [
            ["run"], ["produce"], ["read"], ["station", "list"], ["station", "show"],
            ["station", "create"], ["station", "alter"], ["station", "delete"],
            ["function", "list"],
            ["function", "show"], ["function", "init"], ["function", "check"],
            ["function", "test"], ["function", "run"], ["function", "capture"],
            ["function", "resume"],
            ["dead", "list"], ["dead", "show"], ["dead", "rerun"], ["dead", "retry"],
            ["dead", "skip"], ["offset", "show"], ["backup", "create"],
            ["backup", "verify"], ["backup", "restore"], ["doctor"],
        ] {
            let help = try await moonrail.start(command + ["--help"]).finish()
            #expect(help.status == 0)
            #expect(help.output.contains("  moonrail " + command[0]), "\(command)")
            #expect(help.output.contains("--data") && help.output.contains("--config"))
        }
    }
}
