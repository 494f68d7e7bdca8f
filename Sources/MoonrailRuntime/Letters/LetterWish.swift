import MoonrailCore

/// What somebody wants done about the dead letters of a function.
package struct LetterWish: Hashable, Sendable {
    package enum Selection: Hashable, Sendable {
        /// All that are pending.
        case all
        /// Those with these ids.
        case ids(Set<String>)
        /// Those that failed for this reason: a `FunctionFault.Kind`'s name, or `parked-behind`.
        case reason(String)
    }

    package enum Action: Hashable, Sendable {
        /// Run their events with the function as it is now.
        case retry
        /// Never run them. The sentence says why, and is kept.
        case skip(because: String)
    }

    package var selection: Selection
    package var action: Action

    package init(_ action: Action, _ selection: Selection) {
        self.selection = selection
        self.action = action
    }

    /// Nothing of its own: lets run what waits behind letters that are resolved already.
    static let release = LetterWish(.retry, .ids([]))

    func selects(_ letter: DeadLetter) -> Bool {
        switch selection {
        case .all: true
        case .ids(let ids): ids.contains(letter.id.description)
        case .reason(let reason): letter.reason == reason
        }
    }
}

/// What became of a wish.
package struct LetterSummary: Hashable, Sendable {
    /// Run again with success.
    package var resent = 0
    /// Run again, and failed again: they still wait.
    package var failedAgain = 0
    package var skipped = 0
    /// Left alone, because an earlier event of their key must be resent or skipped first.
    package var waiting = 0
    /// Selected by their ids, but resent or skipped before.
    package var resolvedBefore = 0
    /// Left alone, because a timer has failed and not an event: its moment is over.
    package var timers = 0
    /// Ids that name no dead letter of the function.
    package var unknown: Set<String> = []

    package init() {}

    /// Adds what another lane of the same function did about the same wish.
    package mutating func merge(_ other: LetterSummary) {
        resent += other.resent
        failedAgain += other.failedAgain
        skipped += other.skipped
        waiting += other.waiting
        resolvedBefore += other.resolvedBefore
        timers += other.timers
        unknown.formIntersection(other.unknown)
    }
}
