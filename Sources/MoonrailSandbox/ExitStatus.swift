import Glibc

/// How a process ended, and what that says about a host.
package enum ExitStatus: Hashable, Sendable {
    /// It left by itself.
    case exited(code: Int32)
    /// A signal ended it.
    case killed(signal: Int32)
    /// Somebody else took the status, or nobody can.
    case unknown

    /// - Parameter waitStatus: as `waitpid` fills it in for a process that ended.
    package init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited(code: (waitStatus >> 8) & 0xff) : .killed(signal: signal)
    }

    /// One phrase for a message, such as `exit status 64: it could not read a frame`.
    package var words: String {
        switch self {
        case .exited(let code): "exit status \(code): \(Self.meaning(ofCode: code))"
        case .killed(let signal): "killed by \(Self.name(of: signal))"
        case .unknown: "it ended, and its exit status is not known"
        }
    }

    /// The exit codes of `docs/formats.md`.
    private static func meaning(ofCode code: Int32) -> String {
        switch code {
        case 0: "it left without being asked to"
        case 64: "it could not read a frame"
        case 65: "its lockdown failed"
        case 66: "it was stuck past its CPU limit inside a C function"
        case 67: "it ran out of memory outside the script"
        default: "a code that no function host uses"
        }
    }

    /// The signal's name, with its meaning where that is not plain.
    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGSYS: "SIGSYS, because it made a forbidden system call"
        case SIGXCPU: "SIGXCPU, because it used too much CPU time"
        case SIGKILL: "SIGKILL, which comes from outside, such as from the kernel short of memory"
        case SIGSEGV: "SIGSEGV, an invalid memory access"
        case SIGBUS: "SIGBUS, an invalid memory access"
        case SIGABRT: "SIGABRT"
        case SIGFPE: "SIGFPE"
        case SIGILL: "SIGILL"
        case SIGTERM: "SIGTERM"
        case SIGINT: "SIGINT"
        case SIGHUP: "SIGHUP"
        case SIGPIPE: "SIGPIPE"
        case SIGTRAP: "SIGTRAP"
        default: "signal \(signal)"
        }
    }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
    String(cString: strerror(number))
}
