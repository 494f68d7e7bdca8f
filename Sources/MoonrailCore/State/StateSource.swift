import Synchronization

/// Where a host finds the state that it lacks.
package protocol StateSource: Sendable {
    /// One answer for each key. Waits as long as it takes.
    ///
    /// - Throws: `cannotStart` when the values can't be had, and the run is to be given up.
    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers
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

/// State that lives in memory: for tests, dry runs and whatever else leaves no trace.
package final class StateTable: StateSource {
    private let values: Mutex<[[UInt8]: StateValue]>

    package init(_ values: [[UInt8]: StateValue] = [:]) {
        self.values = Mutex(values)
    }

    package func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        values.withLock { values in
            StateAnswers(keys.map { values[$0].map { .value($0) } ?? .none })
        }
    }

    /// Takes over what a run changed.
    package func apply(_ changes: [StateChange]) {
        values.withLock { values in
            for change in changes { values[change.key] = change.value }
        }
    }

    /// All that it holds now.
    package var all: [[UInt8]: StateValue] { values.withLock { $0 } }
}
