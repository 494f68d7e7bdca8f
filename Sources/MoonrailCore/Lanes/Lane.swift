/// One function × one partition number.
package struct LaneID: Hashable, Sendable, CustomStringConvertible {
    package let function: FunctionName
    package let partition: UInt32

    package init(function: FunctionName, partition: UInt32) {
        self.function = function
        self.partition = partition
    }

    package var description: String { "\(function)/\(partition)" }
}

/// How far a lane has come: for each input station the offset of the next event to take.
package struct Position: Hashable, Sendable {
    package var offsets: [StationName: UInt64]

    package init(_ offsets: [StationName: UInt64] = [:]) {
        self.offsets = offsets
    }

    /// Whether nothing lies before it.
    package var isBeginning: Bool { offsets.values.allSatisfy { $0 == 0 } }

    package subscript(station: StationName) -> UInt64 {
        get { offsets[station, default: 0] }
        set { offsets[station] = newValue }
    }
}

/// Where a lane without a position begins.
package enum LaneStart: String, Hashable, Sendable, CaseIterable {
    case earliest, latest
}

/// The right to settle a lane. A newer claim of the same lane makes this one invalid.
package struct LaneClaim: Hashable, Sendable {
    package let lane: LaneID
    /// Grows with every claim of the lane.
    package let fence: UInt64
    package let generation: UInt32
    package let position: Position

    package init(lane: LaneID, fence: UInt64, generation: UInt32, position: Position) {
        self.lane = lane
        self.fence = fence
        self.generation = generation
        self.position = position
    }
}

/// What a lane's settlements add up to.
package struct LaneCounts: Hashable, Sendable {
    /// Input events whose settlement is on disk.
    package var processed: UInt64 = 0
    /// Events appended to output stations.
    package var emitted: UInt64 = 0
    /// Input events that caused nothing.
    package var dropped: UInt64 = 0
    /// Input events that became dead letters because they failed.
    package var deadLetters: UInt64 = 0
    /// Input events that became dead letters because their key waits behind a failed event.
    package var parked: UInt64 = 0
    /// Dead letters of either kind that were run again with success, and those that were skipped.
    package var resent: UInt64 = 0
    package var skipped: UInt64 = 0
    /// Input events that retention removed before the lane came to them.
    package var missed: UInt64 = 0

    /// Dead letters that wait for somebody to resend or skip them.
    package var pending: UInt64 { deadLetters + parked - resent - skipped }

    package init() {}

    package static func += (left: inout LaneCounts, right: LaneCounts) {
        left.processed += right.processed
        left.emitted += right.emitted
        left.dropped += right.dropped
        left.deadLetters += right.deadLetters
        left.parked += right.parked
        left.resent += right.resent
        left.skipped += right.skipped
        left.missed += right.missed
    }
}

/// A lane as the engine knows it now.
package struct LaneSummary: Hashable, Sendable {
    package let lane: LaneID
    package let position: Position
    package let generation: UInt32
    package let counts: LaneCounts
    /// Events of its inputs that it has not settled, counted by the engine.
    package let lag: UInt64
    /// Records of its journal.
    package let settlements: UInt64

    package init(
        lane: LaneID, position: Position, generation: UInt32, counts: LaneCounts, lag: UInt64,
        settlements: UInt64
    ) {
        self.lane = lane
        self.position = position
        self.generation = generation
        self.counts = counts
        self.lag = lag
        self.settlements = settlements
    }
}
