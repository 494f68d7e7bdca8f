import Foundation
import MoonrailTestSupport
import Testing

/// The examples whose README shows commands with what they print: each is run, in order, in a copy
/// of the example's directory.
@Suite struct ExampleTests {
    /// A command of a README, and the lines that it says it prints.
    private struct Shown {
        var words: [String]
        /// What it is to end with: 0, or 1 where `|| true` says so.
        let status: Int32
        var lines: [String] = []

        init(_ text: Substring) {
            words = text.split(separator: " ").map(String.init)
            status = words.suffix(2) == ["||", "true"] ? 1 : 0
            if status == 1 { words.removeLast(2) }
        }
    }

    /// What stands in the README's blocks: commands after `$ `, and below each what it prints.
    private static func shown(in readme: String) -> [Shown] {
        var shown: [Shown] = []
        let blocks = readme.components(separatedBy: "```\n")
        for block in stride(from: 1, to: blocks.count, by: 2).map({ blocks[$0] }) {
            for line in block.split(separator: "\n") {
                if line.hasPrefix("$ ") {
                    shown.append(Shown(line.dropFirst(2)))
                } else if !shown.isEmpty {
                    shown[shown.count - 1].lines.append(String(line))
                }
            }
        }
        return shown
    }

    private static func copyFile(_ file: String, to other: String, in folder: URL) throws {
        let data = try Data(contentsOf: folder.appendingPathComponent(file))
        try data.write(to: folder.appendingPathComponent(other), options: .atomic)
    }

    // The last one ends with a swap, which NATS has none of.
    @Test(arguments: [
        ("bank", "embedded"), ("bank", "nats"), ("join", "embedded"), ("join", "nats"),
        ("time-travel", "embedded"),
    ])
    func `an example's commands print what its README says, on each engine`(
        example: String, engine: String
    ) async throws {
        let server = engine == "nats" ? try await NATSServer() : nil
        let folder = try TemporaryDirectory.make("example")
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appendingPathComponent(example)
        try FileManager.default.copyItem(
            at: TemperatureLine.repository.appendingPathComponent("examples/\(example)"), to: copy)
        let moonrail = MoonrailCommand(
            data: folder.appendingPathComponent("data"),
            functions: copy.appendingPathComponent("functions"), directory: copy, nats: server)
        let tests = try await moonrail.run("function", "test")
        #expect(tests.status == 0, "\(tests.output)\(tests.errors)")
        let readme = try String(
            contentsOf: copy.appendingPathComponent("README.md"), encoding: .utf8)
        let shown = Self.shown(in: readme)
        #expect(shown.count > 5)
        for command in shown {
            if command.words.first == "cp" {
                try Self.copyFile(command.words[1], to: command.words[2], in: copy)
                continue
            }
            #expect(command.words.first == "moonrail")
            let result = try await moonrail.start(Array(command.words.dropFirst())).finish()
            #expect(result.status == command.status, "\(command.words): \(result.errors)")
            #expect(result.lines == command.lines, "\(command.words)")
        }
    }
}
