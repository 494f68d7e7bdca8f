import MoonrailCore

/// Whether the store may be written to. A pure value: it is told what happened, and says what to do
/// with the next group of requests.
///
///     sound --flush failed--> frozen --opened anew, holds what it must--> sound
///                              |  ^--can't be opened or flushed yet--'
///                              '--opened anew, holds something else--> lost
package struct WriteHealth: Sendable {
    package enum Advice: Hashable, Sendable {
        case write
        /// Open the store anew first, and tell what came of it.
        case reopen
        case refuse(EngineError)
    }

    private enum State: Sendable {
        case sound
        case frozen(reason: EngineError, delay: Duration, until: ContinuousClock.Instant)
        case lost(EngineError)
    }

    /// Between attempts to open the store anew: doubled from the first to the longest. A disk that
    /// comes back is not kept waiting, and one that stays away is not hammered.
    package static let firstDelay = Duration.seconds(1)
    package static let longestDelay = Duration.seconds(30)

    private var state = State.sound
    private let firstDelay: Duration

    package init(firstDelay: Duration = firstDelay) {
        self.firstDelay = firstDelay
    }

    package func advice(_ now: ContinuousClock.Instant) -> Advice {
        switch state {
        case .sound: .write
        case .frozen(let reason, _, let until): now < until ? .refuse(reason) : .reopen
        case .lost(let reason): .refuse(reason)
        }
    }

    /// Whether nothing may be written.
    package var isFrozen: Bool {
        if case .sound = state { false } else { true }
    }

    /// A flush failed, of a commit or of a checkpoint.
    package mutating func flushFailed(_ error: EngineError, _ now: ContinuousClock.Instant) {
        freeze(error, delay: firstDelay, now)
    }

    /// It could not be opened anew, or not be flushed then.
    package mutating func reopeningFailed(_ error: EngineError, _ now: ContinuousClock.Instant) {
        guard case .frozen(_, let delay, _) = state else { return }
        freeze(error, delay: min(delay * 2, Self.longestDelay), now)
    }

    /// Opened anew, it holds all that was acknowledged, and all of it is flushed.
    package mutating func reopened() {
        guard case .frozen = state else { return }
        state = .sound
    }

    /// Opened anew, it holds something else than was acknowledged.
    package mutating func foundOther() {
        state = .lost(
            .unavailable(
                "the store was opened anew after a failed flush and does not hold what was "
                    + "written before; nothing more is written: stop the worker, check the disk, "
                    + "run `moonrail doctor`"))
    }

    private mutating func freeze(
        _ error: EngineError, delay: Duration, _ now: ContinuousClock.Instant
    ) {
        let consequence = "; nothing more is written until the store was opened anew and checked"
        let reason: EngineError =
            switch error {
            case .full(let what): .full(what)
            default: .unavailable("\(error)" + consequence)
            }
        state = .frozen(reason: reason, delay: delay, until: now + delay)
    }
}
