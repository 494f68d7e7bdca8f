import Foundation
import MoonrailTestSupport
import Testing

/// The commands of the README's sections, run in their order.
@Suite struct ReadmeCommandTests {
    /// The commands of the first block of a section, each as its words.
    private static func commands(inSection heading: String) throws -> [[String]] {
        let readme = try String(
            contentsOf: TemperatureLine.repository.appendingPathComponent("README.md"),
            encoding: .utf8)
        let section = try #require(
            readme.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        let block = try #require(
            section.components(separatedBy: "```\n").dropFirst().first)
        return block.split(separator: "\n").map(words)
    }

    /// A shell's words, as far as the README goes: quotes, and comments after `#`.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        for (number, part) in line.split(separator: "\"", omittingEmptySubsequences: false)
            .enumerated()
        {
            if number % 2 == 1 {
                words.append(String(part))
                continue
            }
            let command = part.components(separatedBy: " #")
            words += command[0].split(separator: " ").map(String.init)
            if command.count > 1 { break }
        }
        return words
    }

    /// Calls `body` with a folder that has a data directory and an empty functions directory.
    private static func withFolder(
        _ body: (_ folder: URL, _ moonrail: MoonrailCommand) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory.make("readme")
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        try await body(
            folder,
            MoonrailCommand(
                data: folder.appendingPathComponent("data"), functions: functions,
                directory: folder))
    }

    @Test func `what the README shows of going over history again works`() async throws {
        try await Self.withFolder { folder, moonrail in
            let script = """
                return { from = "readings.fahrenheit", to = "readings.celsius",
                  handler = function(event)
                    return { temp_c = (event.data.temp_f - 32) * 5 / 9 }
                  end }
                """
            for file in ["functions/celsius.lua", "celsius-new.lua"] {
                try script.write(
                    to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
            }
            try await moonrail.run(
                "produce", "readings.fahrenheit", input: "{\"temp_f\":32}\n{\"temp_f\":212}\n")
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            var results: [MoonrailCommand.Result] = []
            for command in try Self.commands(inSection: "Going over history again") {
                #expect(command.first == "moonrail")
                // Where a worker runs, the shadow has caught up by then.
                if command.contains("compare") { try await moonrail.run("run", "--until-idle") }
                let result = try await moonrail.start(Array(command.dropFirst())).finish()
                #expect(result.status == 0, "\(command): \(result.errors)")
                results.append(result)
            }
            #expect(
                results.map(\.lines.last) == [
                    "2 events ran, 2 outputs are the same: nothing would be otherwise",
                    "2 events ran, 2 outputs are the same: history is as it would be made again",
                    "this is a plan; nothing was done", "function 'celsius' was never moved",
                    "begun; see: moonrail replay show celsius",
                    "2 events ran, 2 outputs are the same: the shadow has made what is there",
                    "'celsius' has what its shadow made; what it had stays under shadow.celsius",
                    "the shadow of 'celsius' is removed",
                ])
        }
    }

    @Test func `what the README shows of sending twice, keeping and copying works`() async throws {
        try await Self.withFolder { folder, moonrail in
            let payments = [
                #"{"id":"p-1","account":"a-17","amount":100}"#,
                #"{"id":"p-2","account":"a-17","amount":40}"#,
            ]
            try payments.joined(separator: "\n").write(
                to: folder.appendingPathComponent("payments.ndjson"), atomically: true,
                encoding: .utf8)
            try #"{"account":"a-17","amount":-140}"#.write(
                to: folder.appendingPathComponent("payout.ndjson"), atomically: true,
                encoding: .utf8)
            var results: [MoonrailCommand.Result] = []
            for command in try Self.commands(inSection: "Sending twice, keeping, copying") {
                #expect(command.first == "moonrail")
                let result = try await moonrail.start(Array(command.dropFirst())).finish()
                #expect(result.status == 0, "\(command): \(result.errors)")
                results.append(result)
            }
            #expect(results.count == 11)
            #expect(results[1].errors == "accepted 2, duplicate 0, rejected 0\n")
            #expect(results[2].errors == "accepted 0, duplicate 2, rejected 0\n")
            #expect(results[3].lines.count == 2)
            #expect(results[6].lines.contains("keeps       10GiB"))
            let restored = try await moonrail.run(
                "read", "payments", "--format", "data", "--data", "restored")
            #expect(restored.lines == payments + [#"{"account":"a-17","amount":-140}"#])
        }
    }

    @Test func `what the README shows of writing a function works`() async throws {
        try await Self.withFolder { folder, moonrail in
            try (1...3).map { "{\"sensor\":\"s\($0)\",\"temp_c\":\($0)}\n" }.joined().write(
                to: folder.appendingPathComponent("readings.ndjson"), atomically: true,
                encoding: .utf8)
            var last: MoonrailCommand.Result?
            for command in try Self.commands(inSection: "Writing a function") {
                let result = try await moonrail.start(Array(command.dropFirst())).finish()
                #expect(result.status == 0, "\(command): \(result.errors)")
                last = result
            }
            #expect(last?.lines.last == "4 passed, 0 failed")
        }
    }

    @Test func `what the README shows of failed events works`() async throws {
        try await Self.withFolder { folder, moonrail in
            let readme = try String(
                contentsOf: TemperatureLine.repository.appendingPathComponent("README.md"),
                encoding: .utf8)
            let script = try #require(
                readme.components(separatedBy: "```lua\n").dropFirst().first?
                    .components(separatedBy: "```").first)
            let file = folder.appendingPathComponent("functions/celsius.lua")
            // The first version forgets that a reading may lack its temperature.
            try script.write(to: file, atomically: true, encoding: .utf8)
            try await moonrail.run(
                "produce", "readings.fahrenheit",
                input: "{\"sensor\":\"a\"}\n{\"temp_f\":-200}\n{\"temp_f\":212}\n")
            #expect(try await moonrail.run("run", "--until-idle").status == 0)
            let mended = script.replacingOccurrences(
                of: "    local reading = event.data\n",
                with: "    local reading = event.data\n"
                    + "    if not reading.temp_f then return nil end\n")
            try mended.write(
                to: folder.appendingPathComponent("fixed.lua"), atomically: true, encoding: .utf8)
            let list = try await moonrail.run("dead", "list", "celsius", "--json")
            let ids = try JSONDecoder().decode([Letter].self, from: Data(list.output.utf8))
            #expect(ids.map(\.reason) == ["raised", "rejected"])
            for words in try Self.commands(inSection: "When an event fails") {
                if words[1...2] == ["function", "check"] {
                    try mended.write(to: file, atomically: true, encoding: .utf8)
                }
                let arguments = words.dropFirst().map { $0 == "ID" ? ids[0].id : $0 }
                let result = try await moonrail.start(arguments).finish()
                #expect(result.status == 0, "\(words): \(result.errors)")
            }
            let left = try await moonrail.run("dead", "list", "celsius", "--json")
            #expect(left.output == "[]\n")
        }
    }

    @Test func `what the README shows of versions works`() async throws {
        try await Self.withFolder { folder, moonrail in
            let file = folder.appendingPathComponent("functions/celsius.lua")
            for stamp in ["one", "two"] {
                try "return { from = 'a', handler = function() return '\(stamp)' end }".write(
                    to: file, atomically: true, encoding: .utf8)
                #expect(try await moonrail.run("run", "--until-idle").status == 0)
            }
            for words in try Self.commands(inSection: "Deploying is saving") {
                let result = try await moonrail.start(Array(words.dropFirst())).finish()
                #expect(result.status == 0, "\(words): \(result.errors)")
            }
            let history = try await moonrail.run("function", "history", "to-celsius")
            #expect(
                history.lines.dropFirst().map { $0.split(separator: " ")[1] } == [
                    "deployed", "deployed", "rolled-back", "paused", "resumed", "renamed",
                ])
        }
    }

    private struct Letter: Decodable {
        let id: String
        let reason: String
    }
}
