import Logging
import MoonrailCore

/// Tries again what only the machine can mend: doubling delays with a bound, each one logged.
struct Retry: Sendable {
    /// How the delays grow; what the machine can mend is tried for as long as it takes.
    var policy = RetryPolicy()
    let clock: any Clock<Duration>
    let logger: Logger

    /// Repeats `body` while it says that the store is unavailable.
    ///
    /// - Returns: nil when the task was cancelled meanwhile.
    func whileUnavailable<Value: Sendable>(
        _ body: () async throws(EngineError) -> Value
    ) async throws(EngineError) -> Value? {
        var failures = 0
        while true {
            do {
                return try await body()
            } catch {
                guard error.isPassing else { throw error }
                failures += 1
                guard await pause(policy, after: failures, "\(error)") else { return nil }
            }
        }
    }

    /// Repeats `body` until it works, or the task is cancelled: then its last error is thrown.
    func untilItWorks<Value: Sendable>(
        _ what: String, _ body: () async throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        var failures = 0
        while true {
            do {
                return try await body()
            } catch {
                failures += 1
                guard await pause(policy, after: failures, "\(what): \(error)") else {
                    throw .cannotStart("\(error)")
                }
            }
        }
    }

    /// Waits as long as comes after `failures` of them.
    func pause(after failures: Int, _ what: String) async {
        _ = await pause(policy, after: failures, what)
    }

    /// Waits as `policy` says after `failures` of them.
    ///
    /// - Returns: false when the task was cancelled meanwhile.
    @discardableResult
    func pause(_ policy: RetryPolicy, after failures: Int, _ what: String) async -> Bool {
        let delay = policy.delay(after: failures, jitter: .random(in: 0...1))
        let milliseconds = Int((delay / .milliseconds(1)).rounded())
        logger.error("\(what); trying again in \(milliseconds) ms")
        do {
            try await clock.sleep(for: delay, tolerance: nil)
            return true
        } catch {
            return false
        }
    }
}
