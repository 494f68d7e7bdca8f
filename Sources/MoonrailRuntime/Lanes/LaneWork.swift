import MoonrailCore

/// What a lane's function is given to do.
enum LaneWork: Sendable {
    case batch(LaneBatch)
    case letters(LetterRequest)
    /// Nothing: its host may have been idle for long enough to be stopped.
    case idleHost
    /// Nothing: a timer may be due, since nothing came for a while.
    case alarm
}

/// What a lane's sink is given to make last.
enum LaneResult: Sendable {
    case run(UnsettledRun)
    /// Everything before it is on disk when the continuation ends.
    case barrier(AsyncStream<Never>.Continuation)

    /// Bytes of the events that it appends.
    var bytes: Int {
        guard case .run(let run) = self else { return 0 }
        return run.settlement.appends.reduce(0) { $0 + $1.records.bytes.count }
    }
}

/// A settlement that is not on disk yet, with what it takes to build it again.
struct UnsettledRun: Sendable {
    var settlement: Settlement
    /// Counts the runs of a lane that keeps state.
    var number: UInt64 = 0
    /// Nil when the settlement comes of no events.
    let events: Events?

    struct Events: Sendable {
        let batch: LaneBatch
        let reply: RunReply?
        var ready: Delivery.Ready
        /// As it was before it built the settlement.
        let builder: SettlementBuilder
        let time: EventTime
    }
}

extension Delivery.Ready {
    /// Makes failures of the events, by their numbers in it, whose emissions can't be appended.
    mutating func refuse(_ events: [Int]) {
        for event in events {
            outcomes[event] = .failed(.emissionConflict)
        }
    }
}

extension FunctionFault {
    /// What it emitted can't be appended.
    static let emissionConflict = FunctionFault(
        kind: .emissionConflict,
        message: "an emission's id is known to its station with another payload; "
            + "give each event an id of its own")
}
