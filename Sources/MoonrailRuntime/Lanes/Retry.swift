import Logging
import MoonrailCore

/// Tries again what only the machine can mend: doubling delays with a bound, each one logged.
struct Retry: Sendable {
    var firstDelay: Duration = .milliseconds(50)
    var maximumDelay: Duration = .seconds(5)
    let clock: any Clock<Duration>
    let logger: Logger

    /// Repeats `body` while it says that the store is unavailable.
    ///
    /// - Returns: nil when the task was cancelled meanwhile.
    func whileUnavailable<Value: Sendable>(
        _ body: () async throws(EngineError) -> Value
    ) async throws(EngineError) -> Value? {
        var delay = firstDelay
        while true {
            do {
                return try await body()
            } catch {
                guard error.isPassing else { throw error }
                guard await pause(&delay, "\(error)") else { return nil }
            }
        }
    }

    /// Repeats `body` until it works, or the task is cancelled: then its last error is thrown.
    func untilItWorks<Value: Sendable>(
        _ what: String, _ body: () async throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        var delay = firstDelay
        while true {
            do {
                return try await body()
            } catch {
                guard await pause(&delay, "\(what): \(error)") else {
                    throw .cannotStart("\(error)")
                }
            }
        }
    }

    /// Waits as long as comes after `attempt` failures, or until the task is cancelled.
    func pause(attempt: Int, _ what: String) async {
        var delay = min(firstDelay * (1 << min(attempt, 16)), maximumDelay)
        _ = await pause(&delay, what)
    }

    /// Waits as `policy` says after `failures` runs of an event alone that took their host along.
    func pause(_ policy: RetryPolicy, after failures: Int, _ what: String) async {
        var delay = policy.delay(after: failures, jitter: .random(in: 0...1))
        _ = await pause(&delay, what)
    }

    private func pause(_ delay: inout Duration, _ what: String) async -> Bool {
        logger.error("\(what); trying again in \(delay)")
        do {
            try await clock.sleep(for: delay, tolerance: nil)
        } catch {
            return false
        }
        delay = min(delay * 2, maximumDelay)
        return true
    }
}
