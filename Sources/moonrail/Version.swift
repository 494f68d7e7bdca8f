import Glibc
import MoonrailCore
import MoonrailHTTP

/// The version of this program.
enum Version {
    static let text = "0.1.0"
}

extension WorkerMessage {
    /// What this process tells of itself.
    init(role: Role, started: EventTime) {
        self.init(
            pid: getpid(), version: Version.text, role: role, started: started.description)
    }
}
