/// Counts the failures among a lane's last events.
struct Breaker: Sendable {
    private let policy: BreakerPolicy
    /// Whether each of the last events failed; a ring once it is full.
    private var recent: [Bool] = []
    private var oldest = 0
    private var failures = 0

    init(_ policy: BreakerPolicy) {
        self.policy = policy
    }

    /// Takes note of one more event.
    ///
    /// - Returns: whether too many of the last events failed.
    mutating func record(failed: Bool) -> Bool {
        if recent.count < policy.events {
            recent.append(failed)
        } else {
            if recent[oldest] { failures -= 1 }
            recent[oldest] = failed
            oldest = (oldest + 1) % policy.events
        }
        if failed { failures += 1 }
        return failures >= policy.failures
    }

    /// Takes note of as many events that did not fail.
    mutating func passed(_ count: Int) {
        guard failures == 0 else {
            for _ in 0..<count { _ = record(failed: false) }
            return
        }
        // None of the last events failed, so that it does not matter which of them are forgotten.
        let room = min(count, policy.events - recent.count)
        recent.append(contentsOf: repeatElement(false, count: room))
    }
}
