import MoonrailCore

/// The third of a lane's three loops: makes what the function caused last.
struct LaneSink: Sendable {
    let engine: any LaneStore
    let input: Handoff<LaneResult>
    let retry: Retry
    /// Nil when the function keeps no state.
    let state: LaneState?
    let refused: RefusedEvents
    let invocations: LaneInvocations
    let measurements: LaneMeasurements
    /// After each commit it rests for so many times as long as that took.
    let rest: Int
    /// Called after each commit.
    let moved: @Sendable () -> Void

    /// What a commit is held to have taken at most: longer ones waited for the disk to work.
    private static let restMost = Duration.milliseconds(50)

    /// Settles runs until there are no more. Those that became ready during one commit share the
    /// next.
    ///
    /// - Throws: `claimLost`, `stationNotFound`: the lane can't go on, and what it had not settled
    ///   was not written.
    func run() async throws(EngineError) {
        while let results = await input.takeAll() {
            var runs: [UnsettledRun] = []
            for result in results {
                switch result {
                case .run(let run):
                    runs.append(run)
                case .barrier(let continuation):
                    guard try await settleAll(&runs) else { return }
                    continuation.finish()
                }
            }
            guard try await settleAll(&runs) else { return }
        }
    }

    /// - Returns: false when the task was cancelled before they could be settled.
    private func settleAll(_ runs: inout [UnsettledRun]) async throws(EngineError) -> Bool {
        if runs.isEmpty { return true }
        let began = ContinuousClock.now
        let done: Void? = try await retry.whileUnavailable { () async throws(EngineError) in
            try await settle(&runs)
        }
        let took = ContinuousClock.now - began
        if done != nil {
            if let state, let last = runs.last { state.settled(through: last.number) }
            show(runs)
            await measurements.settled(runs)
        }
        runs.removeAll()
        moved()
        if rest > 0 { try? await Task.sleep(for: min(took, Self.restMost) * rest) }
        return done != nil
    }

    /// Shows what is on disk to whoever watches.
    private func show(_ runs: [UnsettledRun]) {
        guard invocations.areWatched else { return }
        for case let events? in runs.map(\.events) {
            invocations.settled(events.ready, of: events.batch, events.reply)
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
                if state != nil { throw withdrawal(of: events, in: runs[number]) }
                refuse(events, in: &runs[number])
            }
        }
    }

    /// What ran after events that are refused saw state that came to nothing: the lane begins again
    /// at its last settlement, and knows of them.
    private func withdrawal(of events: [Int], in run: UnsettledRun) -> EngineError {
        if let settled = run.events {
            refused.insert(events.map { settled.batch.inputPlace(settled.ready.first + $0) })
        }
        return .inputWithdrawn(run.settlement.claim.lane)
    }

    /// Makes dead letters of the events whose emissions can't be appended.
    private func refuse(_ events: [Int], in run: inout UnsettledRun) {
        guard var settled = run.events else { return }
        settled.ready.refuse(events)
        var builder = settled.builder
        run = UnsettledRun(
            settlement: builder.settlement(
                of: settled.ready, in: settled.batch, reply: settled.reply,
                from: run.settlement.from, at: settled.time),
            events: settled)
    }
}
