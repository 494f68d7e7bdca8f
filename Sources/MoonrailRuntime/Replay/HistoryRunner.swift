import Logging
import MoonrailCore

/// Runs one version of a function over events that it, or another version, ran over before.
/// Nothing is settled.
struct HistoryRunner {
    let function: DeployableFunction
    private let state: HistoryState?
    private let retry: Retry
    private var host: HostSlot

    init(
        _ function: DeployableFunction, partition: UInt32, state: HistoryState?,
        hosts: any FunctionHostStarter, retry: Retry
    ) {
        self.function = function
        self.state = state
        self.retry = retry
        var program = function.program
        program.partition = partition
        host = HostSlot(program: program, hosts: hosts, retry: retry, state: state)
    }

    /// Runs the events of a batch in order, and calls `body` with what came of each, by its number.
    mutating func run(
        _ batch: LaneBatch, _ body: (Int, Outcome, RunReply?) async throws -> Void
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
                    var ran = try await host.run(batch, range)
                    if state != nil, order.cut(&ran, of: range, in: batch) { await host.stop() }
                    reply = ran
                    delivery.ran(ran.outcomes)
                } catch {
                    guard case .died(let reason) = error else { throw error }
                    delivery.hostDied(reason)
                }
            case .settle(let ready):
                if let reply { state?.apply(reply.stateChanges, of: ready.outcomes) }
                for (number, outcome) in ready.outcomes.enumerated() {
                    try await body(ready.first + number, outcome, reply)
                }
                reply = nil
            case .pause, .finished:
                return
            }
        }
    }

    /// Ends its host.
    mutating func stop() async { await host.stop() }
}
