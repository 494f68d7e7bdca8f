import MoonrailCore

/// The one host of a lane: started when it is needed, again after it died.
struct HostSlot: Sendable {
    private let program: FunctionProgram
    private let hosts: any FunctionHostStarter
    private let retry: Retry
    /// Nil when the host is needed for one task only.
    private let use: HostUse?
    /// Nil when the function keeps no state.
    private let state: (any StateSource)?
    /// Whether its hosts get what others leave of the processor.
    private let yields: Bool
    private var host: (any FunctionHost)?
    /// Deaths since the last run that was answered.
    private var deathsInARow = 0
    /// Events since one went over a limit or took its host along; nil when none ever did.
    private var eventsSinceLimit: Int?
    /// A whole batch that the host was given behind the run it works on.
    private var ahead: (batch: LaneBatch, run: PendingRun)?
    /// Whether the latest batch was answered by one whole reply, as most are: only then is the next
    /// one worth giving ahead.
    private var answersWholeBatches = false

    /// After as many events within their limits a function is trusted with a full share of the
    /// processor again: by a new host, since priority can't be given back.
    static let eventsToTrust = 10_000

    /// Deaths in a row that are followed by a new host at once: the search for one culprit in a
    /// batch of 512 takes 12, and must not be slowed down beyond the pauses of its own policy.
    static let deathsAtOnce = 13

    init(
        program: FunctionProgram, hosts: any FunctionHostStarter, retry: Retry,
        use: HostUse? = nil, state: (any StateSource)? = nil, yields: Bool = false
    ) {
        self.program = program
        self.hosts = hosts
        self.retry = retry
        self.use = use
        self.state = state
        self.yields = yields
    }

    /// Runs the events in the host.
    ///
    /// - Parameters:
    ///   - next: the batch that comes when nothing is left of this one, if it is there. The host
    ///     gets it at once, so that it need not wait for the decision about the reply; when
    ///     something else has to run before, what it made of it is thrown away.
    ///   - isTimed: whether the reply is to tell how long each event takes; one that was given
    ///     ahead tells what was asked for then.
    ///   - firings: what is to become of timers, of a function that has some.
    /// - Throws: `died`; anything else only when the task was cancelled while no host would start.
    mutating func run(
        _ batch: LaneBatch, _ range: Range<Int>, ahead next: LaneBatch? = nil,
        isTimed: Bool = false, firings: FiringOrders = .all
    ) async throws(HostError) -> RunReply {
        do {
            let run = try await begin(batch, range, isTimed, firings)
            use?.began()
            var prepared: PreparedRun?
            if let next, let host, answersWholeBatches, !hosts.hasEffects {
                if state == nil {
                    let run = host.begin(
                        next, range: 0..<next.count, state: StateTable(), isTimed: isTimed)
                    ahead = (next, run)
                } else {
                    prepared = host.prepare(next, range: 0..<next.count)
                }
            }
            let reply = try await run.reply()
            if let next, let prepared {
                await begin(prepared, of: next, after: reply, of: range, isTimed)
            }
            deathsInARow = 0
            use?.began()
            await judge(reply, of: range, in: batch)
            return reply
        } catch {
            deathsInARow += 1
            eventsSinceLimit = 0
            answersWholeBatches = false
            await stop()
            throw error
        }
    }

    /// Begins what was prepared while another run was under way, whose changes of state nobody has
    /// taken note of yet.
    private mutating func begin(
        _ prepared: PreparedRun, of next: LaneBatch, after reply: RunReply, of range: Range<Int>,
        _ isTimed: Bool
    ) async {
        do throws(HostError) {
            // Otherwise something else has to run before.
            guard let state, reply.outcomes.count == range.count, !reply.endsAtLimit else {
                throw .cannotStart("another run comes first")
            }
            let source = StateAfterRun(state: state, reply: reply)
            ahead = (next, try await prepared.begin(source, isTimed))
        } catch {
            // What goes wrong with these events is theirs, and found out when they are run.
            await stop()
        }
    }

    /// The run of these events: the one that was given ahead, if it is theirs.
    private mutating func begin(
        _ batch: LaneBatch, _ range: Range<Int>, _ isTimed: Bool, _ firings: FiringOrders
    ) async throws(HostError) -> PendingRun {
        if let ahead = ahead.take() {
            // An offset is taken once, so that batches that begin at the same one are the same.
            if range == 0..<ahead.batch.count, batch.count == ahead.batch.count,
                batch.inputPlace(0) == ahead.batch.inputPlace(0)
            {
                return ahead.run
            }
            // Its death would otherwise be laid to what runs now. What it made of state must not
            // be seen.
            let reply = state == nil ? try? await ahead.run.reply() : nil
            if reply == nil { await stop() }
        }
        let host = try await ready()
        guard let state else {
            return host.begin(batch, range: range, state: StateTable(), isTimed: isTimed)
        }
        // Begun here, so that the next one may be prepared behind it.
        return try await host.prepare(batch, range: range).begin(firings.source(state), isTimed)
    }

    /// A function that burns its limits must not take the processor from its neighbours.
    private mutating func judge(
        _ reply: RunReply, of range: Range<Int>, in batch: LaneBatch
    ) async {
        if reply.outcomes.count < range.count {
            answersWholeBatches = false
        } else if range.count == batch.count {
            answersWholeBatches = true
        }
        if reply.endsAtLimit {
            answersWholeBatches = false
            eventsSinceLimit = 0
            host?.yieldProcessor()
        } else if let events = eventsSinceLimit {
            eventsSinceLimit = events + reply.outcomes.count
            guard events + reply.outcomes.count >= Self.eventsToTrust else { return }
            eventsSinceLimit = nil
            await stop()
        }
    }

    mutating func stop() async {
        ahead = nil
        await host?.stop()
        host = nil
        use?.ended()
    }

    /// Stops a host that was not used for a while; the next run starts another.
    mutating func stopIfIdle() async {
        if use?.isOver == true { await stop() }
    }

    /// The host, started and loaded. A program that was deployed compiles, so that a failure here
    /// is the machine's, and is tried again until it works.
    private mutating func ready() async throws(HostError) -> any FunctionHost {
        if let host { return host }
        // Hosts that die again and again without an answer: the machine is at fault, not an event.
        if deathsInARow >= Self.deathsAtOnce {
            await retry.pause(
                after: deathsInARow - Self.deathsAtOnce + 1, "hosts die in a row")
        }
        let (program, hosts) = (program, hosts)
        let started = try await retry.untilItWorks("starting a host") {
            () async throws(HostError) in
            let started = try await hosts.start()
            do throws(HostError) {
                _ = try await started.load(program)
            } catch {
                await started.stop()
                throw error
            }
            return started
        }
        if yields || eventsSinceLimit != nil { started.yieldProcessor() }
        host = started
        return started
    }
}

extension RunReply {
    /// Whether its last event went over a limit, so that it is run again by itself.
    fileprivate var endsAtLimit: Bool {
        guard case .failed(let fault) = outcomes.last else { return false }
        return fault.kind.deservesAnotherRun
    }
}
