import MoonrailCore

/// Stands in a lane where a function's host does, and has events delivered instead of running them.
///
/// Events are delivered one after another, each until it is taken or given up, so that the lane's
/// order is that of the deliveries. Nothing is delivered before its reply is waited for.
struct DeliveryHost: FunctionHost {
    /// A run is answered after so long, so that what was delivered is settled soon.
    private static let replyTime = Duration.milliseconds(250)

    let receiver: any EventReceiver
    let policy: RetryPolicy
    let retry: Retry
    /// Ends waiting for a receiver; made when the lane is to stop already.
    let ending: StopRequest

    var layers: SandboxLayers { SandboxLayers([:]) }

    func load(_ program: FunctionProgram) async throws(HostError) -> [UInt8] {
        Array("{}".utf8)
    }

    func begin(
        _ batch: LaneBatch, range: Range<Int>, state: any StateSource, isTimed: Bool
    ) -> PendingRun {
        PendingRun { () async throws(HostError) in
            try await deliver(batch, range, isTimed: isTimed)
        }
    }

    func prepare(_ batch: LaneBatch, range: Range<Int>) -> PreparedRun {
        PreparedRun { _, isTimed in
            begin(batch, range: range, state: StateTable(), isTimed: isTimed)
        }
    }

    func yieldProcessor() {}

    func stop() async {}

    private func deliver(
        _ batch: LaneBatch, _ range: Range<Int>, isTimed: Bool
    ) async throws(HostError) -> RunReply {
        var reply = RunReply(bytes: [], outcomes: [], emissions: [])
        let clock = ContinuousClock()
        let began = clock.now
        for event in range {
            let start = clock.now
            if !reply.outcomes.isEmpty, start - began >= Self.replyTime { break }
            guard let outcome = await outcome(of: event, in: batch) else { break }
            reply.outcomes.append(outcome)
            if isTimed {
                reply.nanoseconds.append(UInt64(max(0, (clock.now - start) / .nanoseconds(1))))
            }
            // The breaker is to see it before anything else is delivered.
            if !outcome.isDone { break }
        }
        guard !reply.outcomes.isEmpty else { throw .cannotStart("the worker stops") }
        return reply
    }

    /// What delivering an event came to; nil when the lane is to stop before that is known.
    private func outcome(of event: Int, in batch: LaneBatch) async -> Outcome? {
        let (part, index) = batch.place(event)
        let events = batch.parts[part]
        var attempts = 0
        while !ending.isMade, !Task.isCancelled {
            attempts += 1
            let attempt = await ending.cancelling { await receiver.deliver(events, index) }
            switch attempt {
            case .delivered:
                return .done(emissions: 0..<0)
            case .refused(let why):
                return .failed(
                    FunctionFault(kind: .undeliverable, message: why, attempts: attempts))
            case .failed(let why, let retryAfter):
                // What was broken off was no attempt.
                if ending.isMade || Task.isCancelled { return nil }
                guard attempts < policy.attempts else {
                    return .failed(
                        FunctionFault(kind: .undeliverable, message: why, attempts: attempts))
                }
                await pause(after: attempts, atLeast: retryAfter, why, batch.inputPlace(event))
            }
        }
        return nil
    }

    private func pause(
        after failures: Int, atLeast wanted: Duration?, _ why: String, _ place: InputPlace
    ) async {
        var policy = policy
        if let wanted {
            // A receiver may ask for more time, as far as the longest pause goes.
            policy.firstDelay = min(max(policy.firstDelay, wanted), policy.maximumDelay)
        }
        let what = "event \(place.offset) of \(place.station) could not be delivered: \(why)"
        let paused = policy
        _ = await ending.cancelling { await retry.pause(paused, after: failures, what) }
    }
}

/// Starts them.
struct DeliveryHosts: FunctionHostStarter {
    let host: DeliveryHost

    var hasEffects: Bool { true }

    func start() async throws(HostError) -> any FunctionHost { host }
}
