import ArgumentParser
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP

/// Why a command ends before its work is done: what to say, and with which status.
struct CommandFailure: Error {
    /// Nil to end without a word.
    let message: String?
    let status: ExitStatus

    init(_ status: ExitStatus, _ message: String?) {
        self.status = status
        self.message = message
    }

    /// The user stopped it.
    static let interrupted = CommandFailure(.interrupted, nil)

    /// Whoever read the output has left; nobody is there to tell.
    static let outputClosed = CommandFailure(.done, nil)

    /// The one place where an error becomes words and a status.
    ///
    /// - Returns: nil for what the parser of the command line throws, which has words of its own.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let problem as Problem:
            self.init(ExitStatus(httpStatus: problem.status), problem.detail)
        case let error as EngineError: self.init(Problem(error))
        case let error as ConfigurationError: self.init(.usage, error.description)
        case is CancellationError: self = .interrupted
        default:
            guard Moonrail.exitCode(for: error) == .failure, !(error is ExitCode) else {
                return nil
            }
            self.init(.failed, "\(error)")
        }
    }
}
