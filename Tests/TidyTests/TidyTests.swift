import Foundation
import Testing

/// The house style, kept by a test.
@Suite struct TidyTests {
    @Test func `no line is longer than 100 columns`() {
        for file in SourceTree.code {
            for (number, line) in file.lines.enumerated()
            where line.utf8.count > 100 && line.count > 100 {
                Issue.record("\(file):\(number + 1) has \(line.count) columns")
            }
        }
        #expect(SourceTree.code.count > 50, "the repository was not found")
    }

    @Test func `no file has more than 400 lines`() {
        for file in SourceTree.code where file.lines.count > 401 {
            Issue.record("\(file) has \(file.lines.count) lines")
        }
    }

    @Test func `no source is left unfinished or escapes the type checker`() {
        // Spelled apart, so that this file does not contain them.
        let banned = [
            "TO" + "DO", "FIX" + "ME", "X" + "XX", "try" + "!", "fatal" + "Error(", "as" + "! ",
            "not " + "implemented",
        ]
        for file in SourceTree.code {
            for (number, line) in file.lines.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(file):\(number + 1) has '\(word)'")
                }
            }
        }
    }

    @Test func `whatever escapes concurrency checking says why beside it`() {
        for file in SourceTree.sources where file.path.hasSuffix(".swift") {
            for (number, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = file.lines[max(0, number - 6)..<number]
                #expect(
                    before.contains { $0.contains("//") && $0.localizedStandardContains("safe") },
                    "\(file):\(number + 1) does not argue why it is safe")
            }
        }
    }

    @Test func `imports run downward only`() {
        let allowed: [String: Set<String>] = [
            "MoonrailCore": [],
            "MoonrailEmbedded": ["MoonrailCore"],
            "MoonrailNATS": ["MoonrailCore"],
            "MoonrailSandbox": ["MoonrailCore"],
            "MoonrailConfiguration": ["MoonrailCore"],
            "MoonrailWebhooks": ["MoonrailCore"],
            "MoonrailRuntime": ["MoonrailCore"],
            "MoonrailHTTP": ["MoonrailCore", "MoonrailRuntime"],
        ]
        for file in SourceTree.sources where file.path.hasSuffix(".swift") {
            let target = String(file.path.split(separator: "/")[1])
            guard let allowed = allowed[target] else { continue }
            for line in file.lines where line.hasPrefix("import Moonrail") {
                let module = String(line.dropFirst("import ".count))
                #expect(allowed.contains(module), "\(file) imports \(module)")
            }
        }
    }

    @Test func `only the composition root names an engine or the sandbox`() {
        for file in SourceTree.sources where file.path.hasPrefix("Sources/moonrail/") {
            let parts = ["Embedded", "NATS", "Sandbox"].map { "import Moonrail" + $0 }
            for line in file.lines where parts.contains(where: { $0 == line }) {
                #expect(file.path.hasPrefix("Sources/moonrail/Composition"), "\(file): \(line)")
            }
        }
    }

    @Test func `only the table of routes knows the router`() {
        // Whoever else did could add a route without a scope.
        for file in SourceTree.sources where file.path.hasPrefix("Sources/MoonrailHTTP/") {
            for line in file.lines
            where line.contains("Router(") || line.contains("RouterGroup")
                || line.contains("RouterMethods")
            {
                let isTable = file.path == "Sources/MoonrailHTTP/Contract/RouteTable.swift"
                #expect(isTable, "\(file): \(line)")
            }
        }
    }

    @Test func `Lua stays inside the function host`() {
        for file in SourceTree.sources where !file.path.hasPrefix("Sources/CLuaHost/") {
            for (number, line) in file.lines.enumerated()
            where line.contains("lua_State") || line.contains("import CLua") {
                Issue.record("\(file):\(number + 1) knows Lua")
            }
        }
    }

    @Test func `every declaration that others may use has a comment, or is plain from its type`() {
        // Functions are where guarantees live; values explain themselves by name and unit.
        for file in SourceTree.sources where file.path.hasSuffix(".swift") {
            for (number, line) in file.lines.enumerated() {
                let text = line.drop { $0 == " " }
                guard text.hasPrefix("public ") else { continue }
                #expect(
                    number > 0 && file.lines[number - 1].contains("///"),
                    "\(file):\(number + 1) has no doc comment")
            }
        }
    }
}
