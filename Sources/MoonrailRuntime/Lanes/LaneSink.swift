import MoonrailCore

/// The third of a lane's three loops: makes what the function caused last.
struct LaneSink: Sendable {
    let lane: LaneID
    let engine: any LaneStore
    let input: Handoff<UnsettledRun>
    let builder: SettlementBuilder
    let retry: Retry
    /// Called after each commit.
    let moved: @Sendable () -> Void

    /// Settles runs until there are no more. Those that became ready during one commit share the
    /// next.
    ///
    /// - Throws: `claimLost`, `stationNotFound`: the lane can't go on, and what it had not settled
    ///   was not written.
    func run() async throws(EngineError) {
        while var runs = await input.takeAll() {
            let done: Void? = try await retry.whileUnavailable { () async throws(EngineError) in
                try await settle(&runs)
            }
            if done == nil { return }
            moved()
        }
    }

    private func settle(_ runs: inout [UnsettledRun]) async throws(EngineError) {
        while true {
            do {
                return try await engine.settle(runs.map(\.settlement))
            } catch {
                guard case .emissionConflicts(_, let number, let events) = error else {
                    throw error
                }
                refuse(events, in: &runs[number])
            }
        }
    }

    /// Makes dead letters of the events whose emissions can't be appended.
    private func refuse(_ events: [Int], in run: inout UnsettledRun) {
        for event in events {
            run.ready.outcomes[event] = .failed(
                FunctionFault(
                    kind: .emissionConflict,
                    message: "an emission's id is known to its station with another payload; "
                        + "give each event an id of its own"))
        }
        var builder = builder
        run.settlement = builder.settlement(
            of: run.ready, in: run.batch, reply: run.reply, from: run.settlement.from)
    }
}
