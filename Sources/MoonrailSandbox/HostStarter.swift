import MoonrailCore

/// Starts function hosts: one process each, locked down before it reads anything.
package struct HostStarter: FunctionHostStarter {
    /// Path of the executable.
    package let executable: String
    /// How long its hosts may take for what they do.
    package let deadlines: HostDeadlines
    /// Whether hosts run without a filter of system calls where the machine has none.
    private let allowsMissingSeccomp: Bool

    /// - Parameters:
    ///   - executable: path of `function-host`; looked up when a host is started.
    ///   - allowsMissingSeccomp: the operator's explicit word; a host refuses to start otherwise.
    package init(
        executable: String, deadlines: HostDeadlines = HostDeadlines(),
        allowsMissingSeccomp: Bool = false
    ) {
        self.allowsMissingSeccomp = allowsMissingSeccomp
        self.executable = executable
        self.deadlines = deadlines
    }

    /// Starts a host, as `startProcess` does.
    package func start() async throws(HostError) -> any FunctionHost {
        try await startProcess()
    }

    /// Starts a host and waits until it says that it is locked down; suspends, never blocks.
    ///
    /// - Throws: `cannotStart`, and then no process is left: the executable is missing, its
    ///   lockdown failed, it said something else, or nothing before the deadline.
    package func startProcess() async throws(HostError) -> HostProcess {
        let (child, socket) = try await ChildProcess.start(
            executable: executable,
            arguments: allowsMissingSeccomp ? ["--allow-missing-seccomp"] : [])
        let connection = HostConnection(socket: socket, child: child, grace: deadlines.stop)
        return try await HostProcess(
            connection: connection, processID: child.id, deadlines: deadlines)
    }
}
