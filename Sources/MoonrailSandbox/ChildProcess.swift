import Dispatch
import Glibc
import MoonrailCore
import Synchronization

/// A process that we started: its id stays ours until `reap` has told how it ended.
final class ChildProcess: Sendable {
    /// Its process id, nobody else's until it was reaped.
    let id: pid_t
    private let status = Mutex<ExitStatus?>(nil)

    private init(id: pid_t) {
        self.id = id
    }

    /// Descriptor number at which a host finds its socket.
    private static let socketNumber: Int32 = 3

    /// Starts `executable` with one end of a new socket as descriptor 3, the standard streams on
    /// /dev/null and an empty environment. Suspends until it is executing.
    ///
    /// - Returns: the process, and our end of the socket; only the process has the other one, so
    ///   that its death shows.
    /// - Throws: `cannotStart` when the file is missing, can't be executed, or a limit is reached.
    static func start(
        executable: String, arguments: [String]
    ) async throws(HostError) -> (ChildProcess, SocketDescriptor) {
        try await SpawnThread.shared.run { () throws(HostError) in
            let (own, its) = try SocketDescriptor.pair()
            return (try spawn(executable: executable, arguments: arguments, socket: its), own)
        }
    }

    /// Gives the process the lowest priority there is.
    func yieldProcessor() {
        status.withLock { status in
            // Only a favour to others: where the system refuses it, limits still hold.
            guard status == nil else { return }
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(id), 19)
        }
    }

    /// CPU time that the process has used so far, all of its threads; nil when it is gone.
    var processorTime: Duration? {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            return nil
        }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Kills the process, unless it was reaped. May be repeated. Does not block.
    func kill() {
        status.withLock { status in
            // Under the lock, so that the id can't have become another process's.
            if status == nil { _ = Glibc.kill(id, SIGKILL) }
        }
    }

    /// Waits until the process is gone and nothing of it remains, without holding a thread.
    ///
    /// - Parameters:
    ///   - grace: after it the process is killed.
    ///   - done: called once, on `queue`.
    func reap(
        on queue: DispatchQueue, grace: Duration, done: @escaping @Sendable (ExitStatus) -> Void
    ) {
        queue.async { self.look(on: queue, killAfter: grace, pause: .milliseconds(1), done) }
    }

    /// Longest pause between two looks at whether the process is gone.
    private static let pauseMaximum = Duration.milliseconds(20)

    /// Looks whether the process is gone; kills it when it had its time, and looks again later.
    private func look(
        on queue: DispatchQueue, killAfter grace: Duration, pause: Duration,
        _ done: @escaping @Sendable (ExitStatus) -> Void
    ) {
        if let status = takeStatus() { return done(status) }
        if grace <= .zero { kill() }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(pause.wholeMilliseconds))) {
            self.look(
                on: queue, killAfter: grace - pause, pause: min(pause * 2, Self.pauseMaximum), done)
        }
    }

    /// Takes the status of a process that ended; nil while it runs.
    private func takeStatus() -> ExitStatus? {
        status.withLock { status in
            if let status { return status }
            var waitStatus: Int32 = 0
            while true {
                let answer = waitpid(id, &waitStatus, WNOHANG)
                if answer == id {
                    status = ExitStatus(waitStatus: waitStatus)
                } else if answer < 0 {
                    if errno == EINTR { continue }
                    status = .unknown
                }
                return status
            }
        }
    }

    /// Starts the process from the calling thread, which stands still until it is executing.
    private static func spawn(
        executable: String, arguments: [String], socket: SocketDescriptor
    ) throws(HostError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // The socket first: its own number may be one of those that are opened after it.
        var failure = posix_spawn_file_actions_adddup2(&actions, socket.number, socketNumber)
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where failure == 0 {
            failure = posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        // Signals that this thread blocks or the worker ignores would stay so in the host.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var id: pid_t = 0
        if failure == 0 {
            var vector: [UnsafeMutablePointer<CChar>?] =
                ([executable] + arguments).map { strdup($0) } + [nil]
            defer { for argument in vector { free(argument) } }
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            failure = posix_spawn(
                &id, executable, &actions, &attributes, &vector, &environment)
        }
        guard failure == 0 else {
            throw .cannotStart("\(executable): \(systemMessage(failure))")
        }
        return ChildProcess(id: id)
    }
}
