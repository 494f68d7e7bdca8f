/// Decides which events of a lane run next, which are ready to be settled, and when the lane must
/// not go on.
///
/// A pure value: the lane gives it batches, asks for the next step, and tells what came of it. The
/// events of a batch come out exactly once, in order, each with its final outcome, unless the lane
/// pauses before them. A host that dies takes the whole run's outcomes with it; halving finds the
/// one event that kills it, and everything before that event is settled first.
package struct Delivery: Sendable {
    /// What is to be done next.
    package enum Step: Hashable, Sendable {
        /// Run these events. `failures` runs of the first of them alone ended with the host: wait
        /// as the retry policy says when there are any.
        case run(Range<Int>, failures: Int)
        /// Settle these, before anything else runs.
        case settle(Ready)
        /// Go on with nothing; the rest of the batch is dropped. The sentence says why.
        case pause(String)
        /// Nothing is left of the batch.
        case finished
    }

    /// What is ready: the events from `first` on, one for each outcome.
    package struct Ready: Hashable, Sendable {
        package let first: Int
        package var outcomes: [Outcome]
        /// Keys that wait from now on behind a timer that failed, with the event after which it
        /// fired.
        package var parks: [[UInt8]: InputPlace] = [:]
        package var range: Range<Int> { first..<first + outcomes.count }

        package init(
            first: Int, outcomes: [Outcome], parks: [[UInt8]: InputPlace] = [:]
        ) {
            self.first = first
            self.outcomes = outcomes
            self.parks = parks
        }
    }

    /// Events still to run, with what earlier runs of them came to.
    private struct Pending {
        var range: Range<Int>
        /// Runs that they were part of and that ended with the host, and how many of those were of
        /// a single event.
        var deaths = 0
        var deathsAlone = 0
        /// Runs that ended at a limit of the first of them.
        var limits = 0
    }

    private let policy: FailurePolicy
    /// Whether the keys of timers are those of events, so that events wait behind a firing.
    private let parksTimerKeys: Bool
    /// Keys whose events wait, each with the event that they wait behind. Changed from outside
    /// between batches, when dead letters were resent or skipped.
    package var parkedKeys: [[UInt8]: InputPlace]
    private var breaker: Breaker?
    private var batch = LaneBatch([])
    /// The last one is next.
    private var pending: [Pending] = []
    private var ready: Ready?
    private var pause: String?
    /// Whether it pauses because its breaker tripped.
    package private(set) var isTripped = false

    /// - Parameters:
    ///   - parkedKeys: as the lane's last settlement left them.
    ///   - parksTimerKeys: whether the keys of timers are those of events.
    package init(
        _ policy: FailurePolicy, parkedKeys: [[UInt8]: InputPlace] = [:],
        parksTimerKeys: Bool = false
    ) {
        self.policy = policy
        self.parksTimerKeys = parksTimerKeys
        self.parkedKeys = parkedKeys
        breaker = policy.breaker.map(Breaker.init)
    }

    /// Takes the next batch, when nothing is left of the one before.
    package mutating func take(_ batch: LaneBatch) {
        precondition(pending.isEmpty && ready == nil, "a batch is finished before the next")
        self.batch = batch
        pending = batch.count == 0 ? [] : [Pending(range: 0..<batch.count)]
    }

    package mutating func next() -> Step {
        if let ready = ready.take() { return .settle(ready) }
        if let pause { return .pause(pause) }
        if let parked = takeParked() { return .settle(parked) }
        guard let next = pending.last else { return .finished }
        return .run(next.range, failures: next.deathsAlone)
    }

    /// Takes the outcomes of the first events of the run that `next` asked for.
    ///
    /// Fewer outcomes than events mean that the host answered early: the rest runs next. A limit
    /// as the last outcome is believed when it is the event's second and the event ran alone.
    ///
    /// - Parameter firings: the timers that fired after them, in order. They fail as events do; an
    ///   event that the lane pauses in front of takes back what fired after it.
    package mutating func ran(_ outcomes: [Outcome], firings: [RunReply.Firing] = []) {
        guard let run = pending.popLast() else { preconditionFailure("nothing was running") }
        precondition(
            !outcomes.isEmpty && outcomes.count <= run.range.count,
            "one outcome for each event at most")
        let end = run.range.lowerBound + outcomes.count
        if end < run.range.upperBound {
            pending.append(Pending(range: end..<run.range.upperBound))
        }
        if areFinal(outcomes, of: run.range), firings.allSatisfy(\.outcome.isDone) {
            breaker?.passed(outcomes.count + firings.count)
            ready = Ready(first: run.range.lowerBound, outcomes: outcomes)
            return
        }
        var settled: [Outcome] = []
        settled.reserveCapacity(outcomes.count)
        var left = firings[...]
        var parks: [[UInt8]: InputPlace] = [:]
        for (event, outcome) in zip(run.range, outcomes) {
            let number = event - run.range.lowerBound
            let fired = left.prefix { $0.event <= number }
            left = left.dropFirst(fired.count)
            if let place = placeOfParkedKey(event) {
                settled.append(.parked(behind: place))
                continue
            }
            guard case .failed(var fault) = checked(outcome, of: event) else {
                _ = breaker?.record(failed: false)
                settled.append(outcome)
                if !take(fired, after: event, &parks) { settled.removeLast() }
                if pause != nil { break }
                continue
            }
            if fault.kind.deservesAnotherRun, run.range.count > 1 || run.limits == 0 {
                pending.append(
                    Pending(
                        range: event..<event + 1, deaths: run.deaths, deathsAlone: run.deathsAlone,
                        limits: 1))
                break
            }
            fault.attempts += run.deaths + run.limits
            if let outcome = fail(event, fault) { settled.append(outcome) }
            if pause != nil { break }
            let movesTime = Outcome.failed(fault).movesTime
            if movesTime, !take(fired, after: event, &parks) { settled.removeLast() }
            if pause != nil { break }
        }
        if settled.isEmpty { return }
        ready = Ready(first: run.range.lowerBound, outcomes: settled, parks: parks)
    }

    /// Whether all events are done and nothing has to be decided about any of them, as usual.
    private func areFinal(_ outcomes: [Outcome], of range: Range<Int>) -> Bool {
        guard parkedKeys.isEmpty else { return false }
        for outcome in outcomes {
            guard case .done = outcome else { return false }
        }
        return batch.hopsMaximum(in: range) < Bounds.hops
    }

    /// Takes the death of the host during the run that `next` asked for.
    package mutating func hostDied(_ reason: String) {
        guard var run = pending.popLast() else { preconditionFailure("nothing was running") }
        run.deaths += 1
        let event = run.range.lowerBound
        if run.range.count > 1 {
            let middle = event + run.range.count / 2
            pending.append(Pending(range: middle..<run.range.upperBound, deaths: run.deaths))
            pending.append(Pending(range: event..<middle, deaths: run.deaths))
            return
        }
        run.deathsAlone += 1
        guard run.deathsAlone >= policy.retry.attempts else {
            pending.append(run)
            return
        }
        let fault = FunctionFault(kind: .hostDied, message: reason, attempts: run.deaths)
        if let outcome = fail(event, fault) { ready = Ready(first: event, outcomes: [outcome]) }
    }

    /// What a host says, unless the event is at the end of a chain that is too long to emit more.
    private func checked(_ outcome: Outcome, of event: Int) -> Outcome {
        guard case .done(let emissions) = outcome, !emissions.isEmpty,
            batch.withRecord(event, \.hops) >= Bounds.hops
        else { return outcome }
        return .failed(.hopLimit)
    }

    /// Decides what follows from an event's failure.
    ///
    /// - Returns: its final outcome; nil when the lane pauses in front of it.
    private mutating func fail(_ event: Int, _ fault: FunctionFault) -> Outcome? {
        if policy.onFailure == .stop {
            let place = batch.inputPlace(event)
            stop(
                "event \(place.offset) of \(place.station) failed (\(fault.kind.name): "
                    + "\(fault.message)), and on_failure is 'stop'; mend the script, or let "
                    + "failures become dead letters")
            return nil
        }
        if policy.onFailure == .parkKey, let key = batch.key(event) {
            park(key, behind: batch.inputPlace(event))
        }
        count(fault)
        return .failed(fault)
    }

    private mutating func park(_ key: [UInt8], behind place: InputPlace) {
        parkedKeys[key] = place
        if parkedKeys.count >= Bounds.parkedKeys {
            stop("\(parkedKeys.count) keys are parked; resend or skip their dead letters")
        }
    }

    /// Has the breaker know of a failure.
    private mutating func count(_ fault: FunctionFault) {
        guard breaker?.record(failed: true) == true, let policy = policy.breaker else { return }
        isTripped = true
        stop(
            "\(policy.failures) of its last \(policy.events) events or fewer failed, the last "
                + "one with \(fault.kind.name): \(fault.message); mend the script, or resume it")
    }

    /// Takes what fired after an event that moves time.
    ///
    /// - Returns: false when the lane pauses in front of the event.
    private mutating func take(
        _ fired: ArraySlice<RunReply.Firing>, after event: Int, _ parks: inout [[UInt8]: InputPlace]
    ) -> Bool {
        fired.isEmpty || take(fired, after: batch.inputPlace(event), &parks)
    }

    /// Takes what fired in a tick, or after an event.
    ///
    /// - Parameters:
    ///   - place: the event that came last.
    ///   - parks: gets the keys that wait from now on.
    /// - Returns: false when the lane pauses in front of it; `next` then says so.
    package mutating func take(
        _ fired: ArraySlice<RunReply.Firing>, after place: InputPlace,
        _ parks: inout [[UInt8]: InputPlace]
    ) -> Bool {
        for firing in fired {
            guard case .failed(let fault) = firing.outcome else {
                _ = breaker?.record(failed: false)
                continue
            }
            let timer = firing.timer
            if policy.onFailure == .stop {
                let name = String(decoding: timer.timer.name, as: UTF8.self)
                let key = String(decoding: timer.key, as: UTF8.self)
                stop(
                    "timer '\(name)' of key '\(key)', which fires after event \(place.offset) of "
                        + "\(place.station), failed (\(fault.kind.name): \(fault.message)), and "
                        + "on_failure is 'stop'; mend the script, or let failures become dead "
                        + "letters")
                return false
            }
            if policy.onFailure == .parkKey, parksTimerKeys, parkedKeys[timer.key] == nil {
                park(timer.key, behind: place)
                parks[timer.key] = place
            }
            count(fault)
        }
        return true
    }

    private mutating func stop(_ reason: String) {
        pause = reason
        pending.removeAll()
    }

    private func placeOfParkedKey(_ event: Int) -> InputPlace? {
        guard !parkedKeys.isEmpty, let key = batch.key(event) else { return nil }
        return parkedKeys[key]
    }

    /// The events in front that wait; a run is cut where one comes in the middle of it.
    private mutating func takeParked() -> Ready? {
        guard !parkedKeys.isEmpty, let next = pending.last else { return nil }
        var outcomes: [Outcome] = []
        var event = next.range.lowerBound
        while event < next.range.upperBound, let place = placeOfParkedKey(event) {
            outcomes.append(.parked(behind: place))
            event += 1
        }
        if !outcomes.isEmpty {
            pending.removeLast()
            // What earlier runs came to was said of all of them, so it stays with the rest.
            var rest = next
            rest.range = event..<next.range.upperBound
            if !rest.range.isEmpty { pending.append(rest) }
            return Ready(first: next.range.lowerBound, outcomes: outcomes)
        }
        if let cut = next.range.first(where: { placeOfParkedKey($0) != nil }) {
            pending[pending.count - 1].range = cut..<next.range.upperBound
            var first = next
            first.range = next.range.lowerBound..<cut
            pending.append(first)
        }
        return nil
    }
}
