import Foundation
import MoonrailTestSupport

/// A program of others that a test runs to its end, with its output and errors in one file.
enum ToolProcess {
    struct Result {
        let status: Int32
        let output: String
    }

    /// - Parameter input: what it reads from standard input.
    static func run(
        _ executable: String, _ arguments: [String], input: String = ""
    ) async throws -> Result {
        let folder = try TemporaryDirectory.make("tool")
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("output")
        try Data().write(to: output)
        let given = folder.appendingPathComponent("input")
        try Data(input.utf8).write(to: given)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8))
    }
}

/// The repository that the tests were built from.
enum Repository {
    /// - Parameter path: from its root.
    static func file(_ path: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(path).path
    }

    /// Whether a program that `make test` puts there is there.
    static func has(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: file(path))
    }
}
