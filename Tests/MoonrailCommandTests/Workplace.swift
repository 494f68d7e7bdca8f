import Foundation
import MoonrailTestSupport

/// A folder with a data directory, a functions directory and files, for one test.
struct Workplace {
    let folder: URL
    let command: MoonrailCommand

    var data: URL { folder.appendingPathComponent("data") }
    var functions: URL { folder.appendingPathComponent("functions") }

    /// - Parameter config: the text of the configuration file.
    init(config: String? = nil) throws {
        folder = try TemporaryDirectory.make("cli")
        var file: URL?
        if let config {
            file = folder.appendingPathComponent("moonrail.yaml")
            try Data(config.utf8).write(to: folder.appendingPathComponent("moonrail.yaml"))
        }
        command = MoonrailCommand(
            data: folder.appendingPathComponent("data"),
            functions: folder.appendingPathComponent("functions"), config: file)
        try FileManager.default.createDirectory(
            at: functions, withIntermediateDirectories: true)
    }

    /// Calls `body` with a new workplace, and removes it.
    static func with(
        config: String? = nil, _ body: (Workplace) async throws -> Void
    ) async throws {
        let workplace = try Workplace(config: config)
        defer { try? FileManager.default.removeItem(at: workplace.folder) }
        try await body(workplace)
    }

    /// Waits until some process serves the data directory; ten seconds at most.
    func waitUntilServed() async throws {
        let socket = data.appendingPathComponent("moonrail.sock").path
        for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Writes a file and answers with its path.
    func write(_ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// A function that passes on what it reads.
    func writeFunction(_ name: String, from: String, to: String) throws {
        _ = try write(
            "functions/\(name).lua",
            """
            return {
              from = "\(from)", to = "\(to)",
              handler = function(event, context) return event.data end,
            }
            """)
    }
}

extension MoonrailCommand.Result {
    /// Standard output as JSON.
    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(output.utf8))
    }
}
