import Foundation
import MoonrailConfiguration

/// A configuration file that exists while `body` runs.
func withFile<Result>(
    _ content: some Sequence<UInt8>, _ body: (_ path: String) throws -> Result
) throws -> Result {
    let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("moonrail-\(UUID().uuidString).yaml")
    try Data(content).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    return try body(path.path)
}

/// The settings that a file alone gives.
func settings(_ yaml: String) throws -> Settings {
    try withFile(yaml.utf8) { try Settings.load(file: $0, environment: [:]) }
}

/// What is wrong with a file, its path shortened to `moonrail.yaml`; empty when nothing is.
func messages(_ yaml: String) throws -> [String] {
    try messages(Array(yaml.utf8))
}

func messages(_ content: [UInt8]) throws -> [String] {
    try withFile(content) { path in
        messages { () throws(ConfigurationError) in
            _ = try Settings.load(file: path, environment: [:])
        }.map { $0.replacingOccurrences(of: path, with: "moonrail.yaml") }
    }
}

func messages(_ load: () throws(ConfigurationError) -> Void) -> [String] {
    do {
        try load()
        return []
    } catch {
        return error.messages
    }
}

/// The repository's own files: tests are read from where they were compiled.
let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
