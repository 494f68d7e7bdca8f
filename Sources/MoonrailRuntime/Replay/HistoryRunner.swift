import Logging
import MoonrailCore

/// Runs one version of a function over events that it, or another version, ran over before.
/// Nothing is settled.
struct HistoryRunner {
    let function: DeployableFunction
    private let state: HistoryState?
    private let stopped: [InputPlace: [JournalRecord.StoppedTimer]]
    private let retry: Retry
    private var host: HostSlot

    /// - Parameter stopped: what the machine decided about timers that fired after events.
    init(
        _ function: DeployableFunction, partition: UInt32, state: HistoryState?,
        stopped: [InputPlace: [JournalRecord.StoppedTimer]], hosts: any FunctionHostStarter,
        retry: Retry
    ) {
        self.function = function
        self.state = state
        self.stopped = stopped
        self.retry = retry
        var program = function.program
        program.partition = partition
        host = HostSlot(program: program, hosts: hosts, retry: retry, state: state)
    }

    /// Runs the events of a batch in order, and calls `body` with what came of each, by its number,
    /// and with its number in the reply.
    mutating func run(
        _ batch: LaneBatch, _ body: (Int, Int, Outcome, RunReply?) async throws -> Void
    ) async throws {
        var policy = function.definition.failure
        // Nothing waits for a failed event, and nothing stops: each event is looked at.
        policy.onFailure = .deadLetter
        policy.breaker = nil
        let order = StateOrder(policy: policy, refused: RefusedEvents())
        var delivery = Delivery(policy)
        delivery.take(batch)
        var reply: RunReply?
        while true {
            try Task.checkCancellation()
            switch delivery.next() {
            case .run(let range, let failures):
                if failures > 0 {
                    await retry.pause(policy.retry, after: failures, "\(function.name)")
                }
                do throws(HostError) {
                    var ran = try await host.run(
                        batch, range, firings: FiringOrders(stopped: stopped(in: batch, range)))
                    if state != nil, order.cut(&ran, of: range, in: batch) { await host.stop() }
                    reply = ran
                    delivery.ran(ran.outcomes)
                } catch {
                    guard case .died(let reason) = error else { throw error }
                    delivery.hostDied(reason)
                }
            case .settle(let ready):
                state?.apply(reply, of: ready.outcomes, in: batch, from: ready.first)
                for (number, outcome) in ready.outcomes.enumerated() {
                    try await body(ready.first + number, number, outcome, reply)
                }
                reply = nil
            case .pause, .finished:
                return
            }
        }
    }

    /// The timers that are not called in a run.
    private func stopped(in batch: LaneBatch, _ range: Range<Int>) -> [StoppedFiring] {
        if stopped.isEmpty { return [] }
        return range.flatMap { event in
            (stopped[batch.inputPlace(event)] ?? []).map {
                $0.firing(after: event - range.lowerBound)
            }
        }
    }

    /// Has the timers fire that are due when the clock has moved event time as in a tick before.
    ///
    /// - Parameter last: the event that came last, alone.
    /// - Returns: nil where nothing fires.
    /// - Throws: `HostError`, also when a timer takes the host along each time.
    mutating func run(_ tick: LaneHistory.Tick, after last: StoredEvents) async throws -> RunReply?
    {
        guard let state, let watermark = state.watermark else { return nil }
        let latest = watermark.event(movingTo: tick.time)
        let due = try await state.dueTimers(latest: latest)
        guard due?.timers.isEmpty == false else {
            state.apply(tick: RunReply(bytes: [], outcomes: [], emissions: []), to: tick.time)
            return nil
        }
        var orders = FiringOrders(tick: latest)
        orders.stopped = tick.stopped.map { $0.firing(after: 0) }
        let policy = function.definition.failure.retry
        var failures = 0
        while true {
            try Task.checkCancellation()
            do throws(HostError) {
                let reply = try await host.run(LaneBatch([last]), 0..<1, firings: orders)
                state.apply(tick: reply, to: tick.time)
                return reply
            } catch {
                failures += 1
                guard case .died = error, failures < policy.attempts else { throw error }
                await retry.pause(policy, after: failures, "\(function.name)")
            }
        }
    }

    /// Ends its host.
    mutating func stop() async { await host.stop() }
}

extension JournalRecord.StoppedTimer {
    /// What a host is told of it.
    func firing(after event: Int) -> StoppedFiring {
        StoppedFiring(
            event: event, .timer(timer),
            FunctionFault(kind: kind, message: "the machine stopped it when it ran at first"))
    }
}
