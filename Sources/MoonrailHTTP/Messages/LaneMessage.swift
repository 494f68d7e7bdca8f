import MoonrailCore

/// A lane as it stands now.
package struct LaneMessage: Codable, Hashable, Sendable {
    package var function: String
    package var partition: UInt32
    /// The other worker that runs it; nil when the one that answers does, or none.
    package var worker: String?
    package var inputs: [Input]
    /// Number of the lane's current replay, from 0.
    package var generation: UInt32
    /// Events of its inputs that it has not settled.
    package var lag: UInt64
    package var processed: UInt64
    package var emitted: UInt64
    /// Input events that caused nothing.
    package var dropped: UInt64
    /// Input events that failed and became dead letters.
    package var deadLetters: UInt64
    /// Input events that became dead letters because their key waits behind a failed event.
    package var parked: UInt64
    /// Dead letters of either kind that were resent, that were skipped, and that still wait.
    package var resent: UInt64
    package var skipped: UInt64
    package var pending: UInt64
    /// Input events that retention removed before the lane came to them.
    package var missed: UInt64

    package struct Input: Codable, Hashable, Sendable {
        package var station: String
        /// Offset of the next event that the lane takes.
        package var nextOffset: UInt64

        enum CodingKeys: String, CodingKey {
            case station
            case nextOffset = "next_offset"
        }
    }

    enum CodingKeys: String, CodingKey {
        case function, partition, worker, inputs, generation, lag, processed, emitted, dropped
        case parked, resent, skipped, pending, missed
        case deadLetters = "dead_letters"
    }

    /// - Parameter worker: the other one that runs it; nil when there is none.
    package init(_ summary: LaneSummary, worker: String?) {
        function = summary.lane.function.text
        partition = summary.lane.partition
        self.worker = worker
        inputs = summary.position.offsets.sorted { $0.key < $1.key }.map {
            Input(station: $0.key.text, nextOffset: $0.value)
        }
        generation = summary.generation
        lag = summary.lag
        processed = summary.counts.processed
        emitted = summary.counts.emitted
        dropped = summary.counts.dropped
        deadLetters = summary.counts.deadLetters
        parked = summary.counts.parked
        resent = summary.counts.resent
        skipped = summary.counts.skipped
        pending = summary.counts.pending
        missed = summary.counts.missed
    }
}
