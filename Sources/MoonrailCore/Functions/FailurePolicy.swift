/// What a function wants done about events that fail.
package struct FailurePolicy: Hashable, Sendable {
    package var onFailure: OnFailure = .deadLetter
    package var retry = RetryPolicy()
    /// When the lane pauses by itself; nil: never.
    package var breaker: BreakerPolicy? = BreakerPolicy()
    package var onBreaker: OnBreaker = .pause

    package init() {}
}

/// What happens when an event has failed for good.
package enum OnFailure: String, Hashable, Sendable, CaseIterable {
    /// It becomes a dead letter, and the lane goes on.
    case deadLetter = "dead-letter"
    /// The same, and later events of its key wait behind it until it is resent or skipped.
    case parkKey = "park-key"
    /// The lane stops in front of it.
    case stop
}

/// What happens when the breaker of a function trips.
package enum OnBreaker: String, Hashable, Sendable, CaseIterable {
    /// The lane pauses.
    case pause
    /// The lane pauses; in the first minute of a version the one before it then takes over.
    case rollback
}

/// How often and how fast an event is run again that took its host along.
package struct RetryPolicy: Hashable, Sendable {
    /// Runs of the event alone, 1 to `attemptsMaximum`, before it is held to be the cause. Three
    /// forgive a machine that killed two hosts for reasons of its own.
    package var attempts = 3
    /// Pause before the second of them; each further one is twice as long.
    package var firstDelay = Duration.milliseconds(50)
    /// The longest pause.
    package var maximumDelay = Duration.seconds(5)

    package static let attemptsMaximum = 20
    package static let delayMaximum = Duration.seconds(300)

    package init() {}

    /// The pause after `failures` runs that failed, at least one.
    ///
    /// - Parameter jitter: 0 to 1, at random: the pause lies between half of its full length and
    ///   all of it, so that lanes that failed together don't come back together.
    package func delay(after failures: Int, jitter: Double) -> Duration {
        let doubled = firstDelay * (1 << min(max(failures, 1) - 1, 30))
        return min(doubled, maximumDelay) * (0.5 + jitter / 2)
    }
}

/// When a lane pauses by itself, so that a bad deployment does not turn its whole station into dead
/// letters: when `failures` of its last `events` failed.
package struct BreakerPolicy: Hashable, Sendable {
    /// 1 to `events`. Half: no function that works fails so often.
    package var failures = 100
    /// 1 to `eventsMaximum`. Enough that a handful of bad events in a row stops nothing.
    package var events = 200

    package static let eventsMaximum = 100_000

    package init() {}

    package init(failures: Int, events: Int) {
        precondition(
            (1...Self.eventsMaximum).contains(events) && (1...events).contains(failures),
            "readers of settings check this")
        self.failures = failures
        self.events = events
    }
}
