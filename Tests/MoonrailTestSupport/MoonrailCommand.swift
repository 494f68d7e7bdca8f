import Foundation

/// Runs the built `moonrail` as a user would: a child process with files for its streams.
package struct MoonrailCommand: Sendable {
    /// What a finished command left.
    package struct Result: Sendable {
        package let status: Int32
        /// Whether a signal ended it; `status` is then the signal's number.
        package let wasKilled: Bool
        package let output: String
        package let errors: String

        package var lines: [String] {
            output.split(separator: "\n").map(String.init)
        }
    }

    package let environment: [String: String]
    /// Working directory; nil for that of the tests.
    private let directory: URL?

    /// - Parameters:
    ///   - data: the data directory of all its commands.
    ///   - functions: the functions directory; nil for one that does not exist.
    ///   - directory: the working directory; nil for that of the tests.
    ///   - nats: where stations are; nil: in the data directory.
    package init(
        data: URL, functions: URL? = nil, config: URL? = nil, directory: URL? = nil,
        nats: NATSServer? = nil
    ) {
        var environment = [
            "PATH": "/usr/bin:/bin", "MOONRAIL_DATA": data.path, "MOONRAIL_LOG_FORMAT": "text",
            "MOONRAIL_FUNCTIONS": functions?.path ?? data.path + "-no-functions",
            "MOONRAIL_FUNCTION_HOST": BuiltExecutables.functionHost,
        ]
        if let config { environment["MOONRAIL_CONFIG"] = config.path }
        if let nats {
            environment["MOONRAIL_ENGINE"] = "nats"
            environment["MOONRAIL_NATS_SERVERS"] = nats.url
        }
        self.environment = environment
        self.directory = directory
    }

    package init(environment: [String: String]) {
        self.environment = environment
        directory = nil
    }

    /// A command that has been started and may still run.
    package final class Running: Sendable {
        private let process: Process
        private let folder: URL

        fileprivate init(_ process: Process, _ folder: URL) {
            self.process = process
            self.folder = folder
        }

        package var processID: Int32 { process.processIdentifier }
        package var isRunning: Bool { process.isRunning }

        package func send(_ signal: Int32) {
            kill(process.processIdentifier, signal)
        }

        /// What it has written to standard error so far.
        package var errorsSoFar: String {
            (try? String(contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8))
                ?? ""
        }

        package var outputSoFar: String {
            (try? String(contentsOf: folder.appendingPathComponent("output"), encoding: .utf8))
                ?? ""
        }

        /// Waits for its end; kills it after `seconds`.
        package func finish(within seconds: Double = 120) async throws -> Result {
            let deadline = Date(timeIntervalSinceNow: seconds)
            while process.isRunning {
                if Date() > deadline { send(SIGKILL) }
                try await Task.sleep(for: .milliseconds(5))
            }
            process.waitUntilExit()
            let result = Result(
                status: process.terminationStatus,
                wasKilled: process.terminationReason == .uncaughtSignal, output: outputSoFar,
                errors: errorsSoFar)
            try? FileManager.default.removeItem(at: folder)
            return result
        }
    }

    /// Starts `moonrail` with `arguments` and the bytes of `input` as its standard input.
    package func start(_ arguments: [String], input: String = "") throws -> Running {
        let folder = try TemporaryDirectory.make("command")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltExecutables.moonrail)
        process.arguments = arguments
        process.environment = environment
        if let directory { process.currentDirectoryURL = directory }
        try Data(input.utf8).write(to: folder.appendingPathComponent("input"))
        process.standardInput = try FileHandle(
            forReadingFrom: folder.appendingPathComponent("input"))
        for (name, keyPath) in [
            ("output", \Process.standardOutput), ("errors", \Process.standardError),
        ] {
            let file = folder.appendingPathComponent(name)
            try Data().write(to: file)
            process[keyPath: keyPath] = try FileHandle(forWritingTo: file)
        }
        try process.run()
        return Running(process, folder)
    }

    /// Runs `moonrail` to its end.
    @discardableResult
    package func run(_ arguments: String..., input: String = "") async throws -> Result {
        try await start(arguments, input: input).finish()
    }
}

/// Directories that tests fill.
package enum TemporaryDirectory {
    /// A new, empty directory with a short path, as sockets have to fit into it.
    package static func make(_ name: String) throws -> URL {
        let url = URL(fileURLWithPath: "/tmp").appendingPathComponent(
            "moonrail-\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
