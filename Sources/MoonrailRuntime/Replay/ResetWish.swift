import MoonrailCore

/// Where a function's lanes are to be moved, and what becomes of the outputs of events that run
/// again.
package struct ResetWish: Hashable, Sendable {
    package var to: StartingPoint
    package var outputs: ReplayOutputs
    /// Nil: all of them.
    package var partition: UInt32?
    /// At most so many events a second run again, 1 to `rateMost`; nil: as fast as they can.
    package var eventsPerSecond: UInt32?

    package static let rateMost: UInt32 = 1_000_000

    package init(
        to: StartingPoint, outputs: ReplayOutputs = .append, partition: UInt32? = nil,
        eventsPerSecond: UInt32? = nil
    ) {
        self.to = to
        self.outputs = outputs
        self.partition = partition
        self.eventsPerSecond = eventsPerSecond
    }
}

/// Why a lane can't be moved so, and what can be done instead.
package struct ResetRefused: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// What timers emitted can't be told from what the event did after which they fired.
    static func timers(of function: FunctionName) -> ResetRefused {
        ResetRefused(
            "function '\(function)' has timers, and what they emitted can't be held against "
                + "what they would emit now; it can be moved to earliest with outputs append")
    }
}

/// Where one lane is to be moved.
package struct LaneMove: Hashable, Sendable {
    package let lane: LaneID
    package let from: Position
    package let to: Position

    /// Offsets that are taken again.
    package var eventsAgain: UInt64 {
        to.offsets.reduce(0) { sum, input in
            sum + from[input.key] - min(input.value, from[input.key])
        }
    }

    /// Offsets that are never taken.
    package var eventsPassedOver: UInt64 {
        to.offsets.reduce(0) { sum, input in
            sum + input.value - min(input.value, from[input.key])
        }
    }

    /// Whether it has the state that it needs already: nothing that changed it runs again.
    var keepsState: Bool { eventsAgain == 0 }
}
