import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Commands of one user to a process of another.
@Suite struct PeerTests {
    private static let nobody = "65534"

    /// Whether this process may become another user, and that user may run what was built.
    private static let canChangeUser: Bool = {
        guard geteuid() == 0 else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = asNobody(["--version"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static func asNobody(_ arguments: [String]) -> [String] {
        [
            "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", BuiltExecutables.moonrail,
        ] + arguments
    }

    /// Starts `moonrail` as the user `nobody`.
    private static func start(_ arguments: [String], _ place: Workplace) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = asNobody(arguments)
        process.environment = place.command.environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = Pipe()
        try process.run()
        return process
    }

    private static func deeds(_ place: Workplace) async throws -> [[String: JSONValue]] {
        let audit = try await place.command.run("read", "moonrail.audit", "--format", "data")
        return try audit.lines.map {
            try JSONDecoder().decode([String: JSONValue].self, from: Data($0.utf8))
        }
    }

    @Test(.enabled(if: canChangeUser, "only root can become another user"))
    func `the audit names who asked, and not who runs the process that was asked`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("f", from: "raw", to: "clean")
            try FileManager.default.setAttributes(
                [.ownerAccountID: 65534], ofItemAtPath: place.folder.path)
            let worker = try Self.start(["run"], place)
            try await place.waitUntilServed()
            for _ in 0..<300 {
                let list = try await place.command.run("function", "list")
                if list.output.contains("running") { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            let retried = try await place.command.run("dead", "retry", "f", "--all")
            #expect(retried.status == 0, "\(retried.errors)")
            let paused = try await place.command.run("function", "pause", "f", "--because", "why")
            #expect(paused.status == 0, "\(paused.errors)")
            let deeds = try await Self.deeds(place)
            #expect(
                deeds.map { [$0["deed"], $0["by"]] } == [
                    [.string("deployed"), .string("nobody (uid 65534)")],
                    [.string("letters-retried"), .string("root (uid 0)")],
                    [.string("paused"), .string("root (uid 0)")],
                ])
            worker.terminate()
            worker.waitUntilExit()
            #expect(worker.terminationStatus == 0)
        }
    }

    @Test(.enabled(if: canChangeUser, "only root can become another user"))
    func `another user is refused even where the socket lets everybody in`() async throws {
        try await Workplace.with { place in
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            for (path, mode) in [(place.data.path, 0o755), (socket, 0o666)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            }
            let other = try Self.start(["station", "list"], place)
            let errors = (other.standardError as? Pipe)?.fileHandleForReading
            let text = String(decoding: errors?.readDataToEndOfFile() ?? Data(), as: UTF8.self)
            other.waitUntilExit()
            #expect(other.terminationStatus == 1)
            #expect(text.contains("user 65534 may not use this data directory's API"))
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 30).status == 0)
        }
    }
}
