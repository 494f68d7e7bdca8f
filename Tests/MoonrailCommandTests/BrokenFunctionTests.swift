import Foundation
import MoonrailTestSupport
import Testing

/// What a check says of functions that can't be deployed. `Broken/` holds one script for each
/// mistake, and `Broken/expected.txt` the one line that is said of each. Those that are no text are
/// made here.
@Suite struct BrokenFunctionTests {
    private static let broken = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("Broken")

    private static let script =
        "return {\n  from = \"readings\",\n  description = \"K\u{F6}ln\",\n"
        + "  handler = function() end,\n}\n"

    /// Files of other bytes than those of a script in UTF-8.
    private static let otherBytes: [String: Data?] = [
        "binary-chunk": Data([0x1B] + "LuaT".utf8 + [0x00, 0x19, 0x93, 0x0D, 0x0A, 0x1A, 0x0A]),
        "latin-1": script.data(using: .isoLatin1),
        "utf-16": Data([0xFF, 0xFE]) + (script.data(using: .utf16LittleEndian) ?? Data()),
        "zero-bytes": Data("return {\n}\n".utf8 + [0, 0]),
    ]

    /// What a check of all functions of `place` says, with paths from the functions directory on.
    private static func messages(_ place: Workplace) async throws -> [String] {
        let result = try await place.command.run("function", "check")
        #expect(result.status == 1)
        #expect(result.output == "")
        return result.errors.replacingOccurrences(of: place.folder.path + "/", with: "")
            .split(separator: "\n").map(String.init)
    }

    @Test func `each broken function gives one message with its line and what to do`() async throws
    {
        try await Workplace.with { place in
            try FileManager.default.removeItem(at: place.functions)
            try FileManager.default.copyItem(at: Self.broken, to: place.functions)
            for (name, bytes) in Self.otherBytes {
                try #require(bytes).write(
                    to: place.functions.appendingPathComponent(name + ".lua"))
            }
            let expected = try String(
                contentsOf: Self.broken.appendingPathComponent("expected.txt"), encoding: .utf8
            ).split(separator: "\n").map(String.init)
            let messages = try await Self.messages(place)
            #expect(messages.count >= 45)
            for message in Set(messages).symmetricDifference(expected).sorted() {
                let what = expected.contains(message) ? "missing" : "not expected"
                Issue.record("\(what): \(message)")
            }
            #expect(messages.count == expected.count)
        }
    }

    @Test func `what is no readable file of a function's name says so`() async throws {
        try await Workplace.with { place in
            let sound = "return { from = \"a\", handler = function() end }"
            _ = try place.write("functions/Celsius.lua", sound)
            let filler = String(repeating: " ", count: 128 << 10)
            _ = try place.write("functions/too-large.lua", sound + filler)
            try FileManager.default.createDirectory(
                at: place.functions.appendingPathComponent("directory.lua"),
                withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: place.functions.appendingPathComponent("link.lua").path,
                withDestinationPath: "nowhere.lua")
            let messages = try await Self.messages(place)
            #expect(
                messages == [
                    "functions/directory.lua: is a directory; a function is a file, and what it "
                        + "requires lies in lib",
                    "functions/link.lua: does not exist, or is a link to what does not",
                    "functions/too-large.lua: it has 131119 bytes; it may have 131072; put "
                        + "large tables into inputs, or split it into libraries",
                    "functions/Celsius.lua: 'Celsius' is not a function name: it holds a "
                        + "character that is not allowed; use tokens of a-z, 0-9, '_' and '-', "
                        + "each starting with a letter or digit, joined by dots",
                ])
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `a file that may not be read says so`() async throws {
        try await Workplace.with { place in
            let file = try place.write("functions/secret.lua", "return {}")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
            #expect(
                try await Self.messages(place)
                    == ["functions/secret.lua: can't be read; check its permissions"])
        }
    }
}
