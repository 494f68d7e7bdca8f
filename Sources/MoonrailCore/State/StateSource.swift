/// Where a host finds the state that it lacks.
package protocol StateSource: Sendable {
    /// One answer for each key. Waits as long as it takes.
    ///
    /// - Throws: `cannotStart` when the values can't be had, and the run is to be given up.
    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers

    /// The timers that may fire in a run, of a function that has some. Waits as long as it takes.
    ///
    /// - Parameter latest: the latest time of the run's events.
    /// - Returns: nil where nothing is to fire, and event time stays.
    /// - Throws: as `answers`.
    func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers?
}

extension StateSource {
    /// Nothing fires.
    package func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers? { nil }
}

/// What a host gets to know of the keys that it asked for.
package struct StateAnswers: Hashable, Sendable {
    package enum Answer: Hashable, Sendable {
        /// It has no value yet.
        case none
        case value(StateValue)
        /// Events of this key fail, with this sentence.
        case refused(String)
    }

    package var answers: [Answer]
    /// How many more keys may come to have a value.
    package var keysLeft: UInt64

    package init(_ answers: [Answer], keysLeft: UInt64 = .max) {
        self.answers = answers
        self.keysLeft = keysLeft
    }
}
