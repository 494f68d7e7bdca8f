/// Which process answers, as `GET /v1/worker` tells it.
package struct WorkerMessage: Codable, Hashable, Sendable {
    package enum Role: String, CaseIterable, Codable, Sendable {
        /// `moonrail run`: it runs the functions.
        case worker
        /// Another command that owns the data directory for a moment.
        case command
    }

    package var pid: Int32
    package var version: String
    package var role: Role
    /// RFC 3339.
    package var started: String

    package init(pid: Int32, version: String, role: Role, started: String) {
        self.pid = pid
        self.version = version
        self.role = role
        self.started = started
    }
}
