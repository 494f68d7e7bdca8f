import MoonrailCore

/// Where an event comes from and what came of it.
package struct Trace: Sendable {
    /// The events that led to it, that of the producer first; without their other effects.
    package let causes: [TracedEvent]
    /// Why the causes go no further back; nil when the first one is a producer's.
    package let causesEnd: String?
    /// The event that was asked for, with its effects.
    package let event: TracedEvent
    /// What may be missing, a sentence each; empty when everything is told.
    package let missing: [String]
}

/// One event of a trace.
package struct TracedEvent: Sendable {
    package enum Kind: String, Sendable {
        /// A producer appended it.
        case produced
        /// A function emitted it.
        case emitted
        /// It is a dead letter.
        case letter
        /// It tells what a key's state is from then on.
        case state
        /// The same, given back by a reset.
        case restored
    }

    package let place: StationCursor
    package let kind: Kind
    /// Its own, or its position.
    package let id: String
    package let key: [UInt8]?
    package let type: String?
    package let time: EventTime
    package let appended: EventTime?
    /// What made it; nil for a producer's.
    package let maker: Maker?
    /// From when its cause was appended until it was; nil where either is not known.
    package let after: Duration?
    /// Nil but for a dead letter.
    package var letter: TracedLetter?
    /// What functions made of it, those of one name in the order of their settlements.
    package var runs: [TracedRun] = []

    /// A function that made an event, as it was called then.
    package struct Maker: Hashable, Sendable {
        package let function: FunctionName
        package let version: FunctionVersion
        package let generation: UInt32
    }
}

/// Why an event became a dead letter, and what became of that.
package struct TracedLetter: Sendable {
    package let id: EventID
    package let reason: String
    package let message: String
    package let status: DeadLetters.Status
    /// What was done about it, oldest first: events of `moonrail.dead-letters`.
    package let followUps: [Event]
}

/// What one function made of an event.
package struct TracedRun: Sendable {
    package enum Outcome: String, Sendable {
        /// It emitted events, or changed state.
        case effects
        /// It settled the event, and nothing came of it.
        case nothing
        /// It became a dead letter.
        case letter
        /// Its dead letter was run again later.
        case resent
        /// The lane has not come to the event yet.
        case waiting
        /// The lane passed the event without taking it: it began behind it, or retention was
        /// quicker.
        case passed
    }

    package let lane: LaneID
    package let outcome: Outcome
    /// Nil where the function did not take the event.
    package let version: FunctionVersion?
    /// From when the event was appended until the run was settled.
    package let after: Duration?
    package let events: [TracedEvent]
}

/// Why an event can't be traced.
package struct EventNotHeld: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
