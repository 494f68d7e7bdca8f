import Foundation

/// Programs in Python that tests run beside Moonrail: clients of its API, and receivers.
package enum PythonClient {
    /// Set up by `make test`, with what clients need from PyPI.
    private static let environment = repository.appendingPathComponent(".build/test-python")

    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether the packages from PyPI are there.
    package static let hasPackages = FileManager.default.fileExists(
        atPath: environment.appendingPathComponent("installed").path)

    /// What a program printed.
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// A program that listens, and printed its port.
    package final class Server: Sendable {
        private let process: Process
        package let port: Int

        fileprivate init(_ process: Process, port: Int) {
            self.process = process
            self.port = port
        }

        package func stop() {
            process.end()
        }
    }

    /// Runs one of the programs in `Tests/Clients` to its end.
    package static func run(_ name: String, _ arguments: [String]) async throws -> Result {
        let folder = try TemporaryDirectory.make("python")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = process(
            environment.appendingPathComponent("bin/python").path, name, arguments)
        for (file, keyPath) in [
            ("output", \Process.standardOutput), ("errors", \Process.standardError),
        ] {
            let url = folder.appendingPathComponent(file)
            try Data().write(to: url)
            process[keyPath: keyPath] = try FileHandle(forWritingTo: url)
        }
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        func text(_ file: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        }
        return Result(
            status: process.terminationStatus, output: try text("output"),
            errors: try text("errors"))
    }

    /// Starts one that prints its port when it listens; it needs no packages.
    package static func serve(_ name: String, _ arguments: [String]) throws -> Server {
        let process = process("/usr/bin/python3", name, arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.filter(\.isNumber)) else {
            process.terminate()
            throw NoPort(line: line)
        }
        return Server(process, port: port)
    }

    private struct NoPort: Error {
        let line: String
    }

    private static func process(
        _ python: String, _ name: String, _ arguments: [String]
    ) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments =
            [repository.appendingPathComponent("Tests/Clients/\(name)").path] + arguments
        return process
    }
}

extension Process {
    /// Asks it to end, and waits until it is gone, two seconds at most: what it writes to may be
    /// removed then. Foundation's own way of waiting can spin for ever outside of the main thread.
    package func end() {
        terminate()
        for _ in 0..<200 where isRunning { usleep(10_000) }
    }
}
