/// Decides which events of a batch run next, and which are ready to be settled.
///
/// A pure value: a lane asks what to run, tells it what came of that, and settles what it is given.
/// The events of a batch come out exactly once, in order, each with its final outcome.
/// A host that dies takes the whole run's outcomes with it; halving finds the one event that kills
/// it, and everything before that event is settled first.
package struct Delivery: Sendable {
    /// Runs after which the machine is believed that an event can't be run: the last of them, at
    /// least, was of that event alone.
    package static let runsAlone = 2

    /// What is ready: the events from `first` on, one for each outcome.
    package struct Ready: Hashable, Sendable {
        package let first: Int
        package var outcomes: [Outcome]
        /// Times each event was run, the last one included.
        package var attempts: Int
        package var range: Range<Int> { first..<first + outcomes.count }
    }

    /// Ranges still to run; the last one is next.
    private var pending: [Range<Int>]
    /// Times the single event that is next has been run without an outcome that counts.
    private var failedRuns = 0

    package init(count: Int) {
        pending = count == 0 ? [] : [0..<count]
    }

    /// The events to run next; nil when all are settled.
    package var next: Range<Int>? { pending.last }

    /// Takes the outcomes of the first events of `next`.
    ///
    /// Fewer outcomes than events mean that the host answered early: the rest runs next. A limit
    /// as the last outcome is believed when it is the event's second and the event ran alone.
    package mutating func ran(_ outcomes: [Outcome]) -> Ready? {
        guard let range = pending.popLast() else { preconditionFailure("nothing was running") }
        precondition(
            !outcomes.isEmpty && outcomes.count <= range.count, "one outcome for each event at most"
        )
        var outcomes = outcomes
        let end = range.lowerBound + outcomes.count
        if end < range.upperBound { pending.append(end..<range.upperBound) }
        var attempts = failedRuns + 1
        if case .failed(let fault) = outcomes.last, fault.kind.deservesAnotherRun {
            let ranAlone = range.count == 1
            if !ranAlone || failedRuns + 1 < Self.runsAlone {
                pending.append(end - 1..<end)
                outcomes.removeLast()
                failedRuns = ranAlone ? failedRuns + 1 : 1
                attempts = 1
            } else {
                failedRuns = 0
            }
        } else {
            failedRuns = 0
        }
        return outcomes.isEmpty
            ? nil : Ready(first: range.lowerBound, outcomes: outcomes, attempts: attempts)
    }

    /// Takes the death of the host while it ran `next`.
    package mutating func hostDied(_ reason: String) -> Ready? {
        guard let range = pending.popLast() else { preconditionFailure("nothing was running") }
        if range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            pending.append(middle..<range.upperBound)
            pending.append(range.lowerBound..<middle)
            return nil
        }
        failedRuns += 1
        if failedRuns < Self.runsAlone {
            pending.append(range)
            return nil
        }
        let fault = FunctionFault(kind: .hostDied, message: reason)
        defer { failedRuns = 0 }
        return Ready(first: range.lowerBound, outcomes: [.failed(fault)], attempts: failedRuns)
    }
}
