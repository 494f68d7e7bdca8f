import MoonrailCore

/// Where a run of a function that keeps state ends: behind an event of which the worker decides
/// otherwise than its host did. What ran after it saw state that came to nothing.
struct StateOrder {
    let policy: FailurePolicy
    /// Whether events wait behind timers that failed.
    var parksTimerKeys = false
    let refused: RefusedEvents

    /// Cuts the reply there.
    ///
    /// - Returns: whether it was cut; the host is then to forget what it knows.
    func cut(_ reply: inout RunReply, of range: Range<Int>, in batch: LaneBatch) -> Bool {
        for number in reply.outcomes.indices {
            let event = range.lowerBound + number
            if !refused.isEmpty, refused.contains(batch.inputPlace(event)),
                reply.outcomes[number].isDone
            {
                reply.outcomes[number] = .failed(.emissionConflict)
            } else if emitsTooLate(after: number, of: reply, event, batch) {
                reply.outcomes[number] = .failed(.hopLimit)
            } else if !isOverruled(reply.outcomes[number], event, batch),
                !parksKeys(after: number, of: reply)
            {
                continue
            }
            let rest = number + 1
            let changesState = reply.stateMarks.contains { $0.event >= number }
            reply.outcomes.removeSubrange(rest...)
            return changesState
        }
        return false
    }

    /// Whether a timer emitted after an event whose chain of causes is too long.
    private func emitsTooLate(
        after number: Int, of reply: RunReply, _ event: Int, _ batch: LaneBatch
    ) -> Bool {
        guard !reply.firings.isEmpty, batch.withRecord(event, \.hops) >= Bounds.hops else {
            return false
        }
        return reply.firings.contains { $0.event == number && $0.outcome.emits }
    }

    /// Whether a timer failed after an event, so that later events of its key wait behind it.
    private func parksKeys(after number: Int, of reply: RunReply) -> Bool {
        guard parksTimerKeys, policy.onFailure == .parkKey else { return false }
        return reply.firings.contains { $0.event == number && !$0.outcome.isDone }
    }

    private func isOverruled(_ outcome: Outcome, _ event: Int, _ batch: LaneBatch) -> Bool {
        switch outcome {
        case .done(let emissions):
            !emissions.isEmpty && batch.withRecord(event, \.hops) >= Bounds.hops
        case .failed:
            // Later events of its key wait behind it.
            policy.onFailure == .parkKey
        case .parked:
            false
        }
    }
}

extension Outcome {
    /// Whether something was emitted.
    var emits: Bool {
        if case .done(let emissions) = self { !emissions.isEmpty } else { false }
    }
}
