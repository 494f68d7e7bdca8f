import MoonrailCore

/// Resends and skips the dead letters of one lane, in the order in which their events came.
///
/// Whoever runs it holds the lane's claim, and nothing else of the lane is under way. Each
/// settlement says what became of its letters, so that being stopped anywhere leaves each of them
/// either pending or resolved, never both and never twice.
struct LetterRun: Sendable {
    let engine: any StationEngine
    let lane: LaneID
    let position: Position
    let policy: FailurePolicy
    var builder: SettlementBuilder
    let retry: Retry
    /// Nil when no worker runs.
    let invocations: LaneInvocations?
    let now: @Sendable () -> EventTime
    /// Keys whose events wait. Those that this run lets go on are taken out.
    private(set) var parkedKeys: [[UInt8]: InputPlace]
    /// What it may still log.
    private(set) var logs: LogAllowance
    /// Keys that wait no more, unless one of their letters fails again.
    private var released: Set<[UInt8]> = []
    /// Events behind which their keys wait.
    private var eventHeads: Set<InputPlace> = []
    private var summary = LetterSummary()

    init(
        engine: any StationEngine, claim: LaneClaim, position: Position, policy: FailurePolicy,
        builder: SettlementBuilder, parkedKeys: [[UInt8]: InputPlace], logs: LogAllowance,
        retry: Retry, invocations: LaneInvocations? = nil, now: @escaping @Sendable () -> EventTime
    ) {
        self.engine = engine
        lane = claim.lane
        self.position = position
        self.policy = policy
        self.builder = builder
        self.parkedKeys = parkedKeys
        self.logs = logs
        self.retry = retry
        self.invocations = invocations
        self.now = now
    }

    /// Does what `wish` says, and lets go on what waits behind letters that are resolved then.
    ///
    /// - Throws: what repeating can't mend; what was settled before stays.
    mutating func fulfil(
        _ wish: LetterWish, host: inout HostSlot
    ) async throws(EngineError) -> LetterSummary {
        if case .ids(let ids) = wish.selection { summary.unknown = ids }
        var walk = try await LetterWalk(lane.function, in: engine)
        while !Task.isCancelled, let letters = try await walk.next() {
            try await fulfil(wish, letters.filter { $0.partition == lane.partition }, &host)
        }
        try await release()
        return summary
    }

    private mutating func fulfil(
        _ wish: LetterWish, _ letters: [DeadLetter], _ host: inout HostSlot
    ) async throws(EngineError) {
        var skipped: [DeadLetter] = []
        var resent: [DeadLetter] = []
        for letter in letters {
            switch try await turn(of: letter, wish) {
            case .skip: skipped.append(letter)
            case .run: resent.append(letter)
            case .leave: break
            }
        }
        if case .skip(let because) = wish.action, !skipped.isEmpty {
            try await settle(
                builder.settlement(
                    skipping: skipped, because: because, at: position, time: now()))
            summary.skipped += skipped.count
        }
        if keepsState {
            // Each sees the state that the one before has left, and is settled by itself.
            for letter in resent { try await run(LetterBatch([letter]), &host) }
        } else if !resent.isEmpty {
            try await run(LetterBatch(resent), &host)
        }
    }

    private var keepsState: Bool { builder.stateKeys != nil }

    private enum Turn {
        case run, skip, leave
    }

    /// What is to be done about a letter now.
    private mutating func turn(
        of letter: DeadLetter, _ wish: LetterWish
    ) async throws(EngineError) -> Turn {
        summary.unknown.remove(letter.id.description)
        let key = letter.event.key
        let head = key.flatMap { parkedKeys[$0] }
        var isHead = head == letter.place
        if letter.timer == nil {
            if isHead { eventHeads.insert(letter.place) }
        } else if eventHeads.contains(letter.place) {
            // The event after which the timer fired has failed itself, and parks the key.
            isHead = false
        }
        let isSelected = wish.selects(letter)
        let follows = letter.behind != nil && letter.event.key.map(released.contains) == true
        guard isSelected || follows || isHead else { return .leave }
        let fate = try await engine.value(of: lane, in: .letterFates, key: letter.id.field)
        if fate != nil {
            // Somebody was stopped between resolving it and letting its key go on.
            if isHead, let key = letter.event.key { released.insert(key) }
            if isSelected, case .ids = wish.selection { summary.resolvedBefore += 1 }
            return .leave
        }
        guard isSelected || follows else { return .leave }
        if letter.timer != nil, wish.action == .retry {
            summary.timers += 1
            return .leave
        }
        let isSkipped = isSelected && wish.action != .retry
        if letter.behind != nil, !isHead, !follows, head != nil, !isSkipped {
            summary.waiting += 1
            return .leave
        }
        if isHead, let key = letter.event.key { released.insert(key) }
        return isSkipped ? .skip : .run
    }

    /// Runs the letters' events and settles what comes of them.
    private mutating func run(
        _ letters: LetterBatch, _ host: inout HostSlot
    ) async throws(EngineError) {
        var policy = policy
        // A letter is the answer to a failure already: nothing stops or pauses here.
        policy.onFailure = policy.onFailure == .parkKey ? .parkKey : .deadLetter
        policy.breaker = nil
        var delivery = Delivery(policy)
        delivery.take(letters.batch)
        var reply: RunReply?
        while !Task.isCancelled {
            switch delivery.next() {
            case .run(let range, let failures):
                if failures > 0 { await retry.pause(policy.retry, after: failures, "\(lane)") }
                do throws(HostError) {
                    var ran = try await host.run(
                        letters.batch, range, isTimed: invocations?.areWatched == true,
                        firings: .none)
                    if !ran.logs.isEmpty { ran.logs = logs.take(ran.logs, at: now()) }
                    reply = ran
                    delivery.ran(ran.outcomes)
                } catch {
                    guard case .died(let reason) = error else { return }
                    delivery.hostDied(reason)
                }
            case .settle(let ready):
                let isRefused = try await settle(ready, letters, reply)
                reply = nil
                // It has gone on with state that came to nothing.
                if isRefused, keepsState { await host.stop() }
            case .pause, .finished:
                return
            }
        }
    }

    /// - Returns: whether emissions of an event were refused.
    private mutating func settle(
        _ ready: Delivery.Ready, _ letters: LetterBatch, _ reply: RunReply?
    ) async throws(EngineError) -> Bool {
        var ready = ready
        var isRefused = false
        while true {
            let heads = failedHeads(ready, letters)
            var counted = builder
            do throws(EngineError) {
                try await settle(
                    counted.settlement(
                        of: ready, in: letters, reply: reply, parking: heads, at: position,
                        time: now()))
                builder = counted
                parkedKeys.merge(heads) { $1 }
                break
            } catch {
                guard case .emissionConflicts(_, _, let events) = error else { throw error }
                ready.refuse(events)
                isRefused = true
            }
        }
        // What was broken off may not be on disk.
        if !Task.isCancelled { invocations?.settled(ready, of: letters.batch, reply) }
        for outcome in ready.outcomes {
            switch outcome {
            case .done: summary.resent += 1
            case .failed: summary.failedAgain += 1
            case .parked: summary.waiting += 1
            }
        }
        return isRefused
    }

    /// The letters that failed again and whose keys wait: what comes later waits behind them now.
    private mutating func failedHeads(
        _ ready: Delivery.Ready, _ letters: LetterBatch
    ) -> [[UInt8]: InputPlace] {
        var heads: [[UInt8]: InputPlace] = [:]
        for (index, outcome) in zip(ready.range, ready.outcomes) {
            guard case .failed = outcome, let key = letters.letters[index].event.key,
                parkedKeys[key] != nil
            else { continue }
            released.remove(key)
            heads[key] = letters.letters[index].place
        }
        return heads
    }

    /// Lets go on the keys of which nothing waits any more.
    private mutating func release() async throws(EngineError) {
        let keys = released.filter { parkedKeys[$0] != nil }
        guard !keys.isEmpty, !Task.isCancelled else { return }
        try await settle(builder.settlement(releasing: Array(keys), at: position))
        for key in keys { parkedKeys[key] = nil }
    }

    private func settle(_ settlement: Settlement) async throws(EngineError) {
        _ = try await retry.whileUnavailable { () async throws(EngineError) in
            try await engine.settle([settlement])
        }
    }
}
