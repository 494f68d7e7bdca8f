import Foundation
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Synchronization

/// Real hosts, whose processes a test knows.
final class RecordingHosts: FunctionHostStarter {
    private let starter = HostStarter(executable: BuiltExecutables.functionHost)
    private let processes = Mutex<[pid_t]>([])

    func start() async throws(HostError) -> any FunctionHost {
        let host = try await starter.startProcess()
        processes.withLock { $0.append(host.processID) }
        return host
    }

    /// Those that still run or that nobody has reaped.
    var alive: [pid_t] {
        processes.withLock { $0 }.filter { kill($0, 0) == 0 }
    }

    /// Kills all that run, and answers how many there were.
    func killAll() -> Int {
        alive.count { kill($0, SIGKILL) == 0 }
    }
}
