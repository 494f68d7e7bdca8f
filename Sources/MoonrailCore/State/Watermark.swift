/// How far event time has come in a lane: events up to this time are expected no more. It is a
/// millisecond before the latest event, less the lateness that events are allowed, so that a timer
/// comes after all events of its own time that are not late. It never goes back. A pure value.
///
/// Events move it that ran: those that the machine or the worker ended, and those that wait behind
/// another, have not happened yet, as far as time is concerned.
package struct Watermark: Hashable, Sendable {
    /// How far it stays behind the latest event: microseconds, not negative.
    package let delay: Int64
    /// Nil before the first event.
    package private(set) var reached: EventTime?

    package init(lateness: Duration, reached: EventTime? = nil) {
        delay = Int64((lateness + .milliseconds(1)) / .microseconds(1))
        self.reached = reached
    }

    /// Takes note of what an event came to.
    package mutating func take(_ outcome: Outcome, at time: EventTime) {
        guard outcome.movesTime else { return }
        reached = after(time)
    }

    /// Has the clock move it as far as `time`.
    package mutating func advance(to time: EventTime) {
        reached = reached.map { max($0, time) } ?? time
    }

    /// The time of an event that would move it as far as `time`.
    package func event(movingTo time: EventTime) -> EventTime {
        let (microseconds, isTooLate) = time.microseconds.addingReportingOverflow(delay)
        return EventTime(microseconds: isTooLate ? .max : microseconds)
    }

    /// Where it is when events up to this time have moved it.
    package func after(_ time: EventTime) -> EventTime {
        let (microseconds, isTooEarly) = time.microseconds.subtractingReportingOverflow(delay)
        let moved = EventTime(microseconds: isTooEarly ? .min : microseconds)
        return reached.map { max($0, moved) } ?? moved
    }

    /// As the lane keeps it: i64 microseconds.
    package var encoded: [UInt8]? {
        guard let reached else { return nil }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(reached.microseconds)
        return bytes
    }

    /// - Parameter encoded: as `encoded` tells it; nil or anything else: before the first event.
    package init(lateness: Duration, encoded: [UInt8]?) {
        var reached: EventTime?
        if let encoded, encoded.count == 8 {
            reached = EventTime(
                microseconds: encoded.withUnsafeBytes { $0.littleEndian(Int64.self, at: 0) })
        }
        self.init(lateness: lateness, reached: reached)
    }
}

extension Outcome {
    /// Whether the event ran to its end, well or not, so that it moves event time and what fired
    /// after it counts.
    package var movesTime: Bool {
        switch self {
        case .done: true
        case .failed(let fault): fault.kind == .rejected || fault.kind == .raised
        case .parked: false
        }
    }
}
