import Foundation
import MoonrailTestSupport

/// A data directory with a worker that comes and goes, for one test.
struct WorkerPlace {
    let folder: URL
    let command: MoonrailCommand

    /// - Parameter config: the text of the configuration file.
    init(config: String = "") throws {
        folder = try TemporaryDirectory.make("worker")
        let file = folder.appendingPathComponent("moonrail.yaml")
        try Data(config.utf8).write(to: file)
        let functions = folder.appendingPathComponent("functions")
        try FileManager.default.createDirectory(at: functions, withIntermediateDirectories: true)
        command = MoonrailCommand(
            data: folder.appendingPathComponent("data"), functions: functions, config: file)
    }

    var socket: String { folder.appendingPathComponent("data/moonrail.sock").path }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func configure(_ config: String) throws {
        try Data(config.utf8).write(to: folder.appendingPathComponent("moonrail.yaml"))
    }

    /// Starts a worker and waits until it answers; ten seconds at most.
    func startWorker() async throws -> MoonrailCommand.Running {
        let worker = try command.start(["run"])
        for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        return worker
    }

    /// The lines of a file, none while it is missing.
    func lines(_ name: String) -> [String] {
        let text = try? String(
            contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// Waits until `isSo`, a minute at most.
    func wait(until isSo: () async throws -> Bool) async throws {
        for _ in 0..<3_000 {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}
