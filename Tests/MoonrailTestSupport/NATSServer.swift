import Foundation
import Synchronization

/// A `nats-server` of a test on loopback, with JetStream and a store of its own; it ends with the
/// value.
package final class NATSServer: Sendable {
    package let port: Int
    private let directory: ScratchDirectory
    private let process: Mutex<Process>

    package struct CannotStart: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts it, and waits until it takes connections.
    ///
    /// - Parameter settings: more of its configuration.
    package init(settings: String = "") async throws {
        directory = try ScratchDirectory()
        port = try FreePort.find()
        process = Mutex(Process())
        try configure(settings)
        try await start()
    }

    /// Has it another configuration from its next start on.
    package func configure(_ settings: String) throws {
        let configuration = """
            listen: 127.0.0.1:\(port)
            max_payload: 20MB
            jetstream { store_dir: "\(directory.path)/store" }
            \(settings)
            """
        try configuration.write(
            toFile: directory.path + "/nats.conf", atomically: true, encoding: .utf8)
    }

    package var url: String { "nats://127.0.0.1:\(port)" }

    /// Starts it again, after `kill`.
    package func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/nats-server")
        process.arguments = ["-c", directory.path + "/nats.conf", "-l", directory.path + "/log"]
        try process.run()
        RunningServers.add(process.processIdentifier)
        self.process.withLock { $0 = process }
        for _ in 0..<500 {
            if FreePort.isListening(port) { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        let log = (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? ""
        throw CannotStart(description: "nats-server does not come up: \(log.suffix(500))")
    }

    /// Ends it with SIGKILL, and waits until it is gone.
    package func kill() {
        process.withLock { process in
            guard process.isRunning else { return }
            Foundation.kill(process.processIdentifier, SIGKILL)
            // Foundation's own way of waiting can spin for ever outside of the main thread.
            for _ in 0..<500 where process.isRunning { usleep(10_000) }
            RunningServers.remove(process.processIdentifier)
        }
    }

    /// Its process.
    package var processID: pid_t { process.withLock { $0.processIdentifier } }

    deinit {
        kill()
    }
}

/// Servers that end with this process, also those that a test keeps for all of its cases.
private enum RunningServers {
    private static let running = Mutex<Set<pid_t>>([])
    private static let ending: Void = {
        atexit { RunningServers.endAll() }
    }()

    static func add(_ process: pid_t) {
        _ = ending
        running.withLock { _ = $0.insert(process) }
    }

    static func remove(_ process: pid_t) {
        running.withLock { _ = $0.remove(process) }
    }

    private static func endAll() {
        for process in running.withLock({ $0 }) { kill(process, SIGKILL) }
    }
}

/// Ports of loopback that nobody listens on.
package enum FreePort {
    /// One that was free a moment ago.
    package static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else {
            throw NATSServer.CannotStart(description: "no port of loopback is free")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody takes connections there.
    package static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
