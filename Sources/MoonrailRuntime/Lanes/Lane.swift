import Logging
import MoonrailCore
import ServiceLifecycle

/// One function × one partition number: read, run, settle, as three loops that overlap.
///
/// While batch n is being settled, n+1 runs in the host and n+2 is read. Each hand-over is bounded,
/// so that a slow function grows its lag on disk and nothing in memory.
struct Lane: Sendable {
    /// Batches read ahead of the function.
    static let batchesAhead = 2
    /// Runs waiting for their commit: what one flush can share.
    static let runsUnsettled = 4

    let id: LaneID
    let function: DeployableFunction
    let engine: any StationEngine
    let hosts: any FunctionHostStarter
    let retry: Retry
    let logger: Logger
    /// Called after the lane is claimed and after each commit.
    let moved: @Sendable () -> Void
    /// Called after each death of its host.
    let hostDied: @Sendable () -> Void

    /// Runs from the last settlement on until the process is asked to stop; then what was read is
    /// still run and settled.
    ///
    /// - Throws: what repeating can't mend.
    func run() async throws(EngineError) {
        let definition = function.definition
        let claim = try await retry.whileUnavailable { () async throws(EngineError) in
            try await engine.claim(id, inputs: definition.from, start: definition.start)
        }
        guard let claim else { return }
        moved()
        let batches = Handoff<LaneBatch>(capacity: Self.batchesAhead)
        let runs = Handoff<UnsettledRun>(capacity: Self.runsUnsettled)
        let source = LaneSource(
            lane: id, engine: engine, inputs: definition.from,
            batchEvents: definition.batchEvents, output: batches, retry: retry)
        let transform = LaneTransform(
            lane: id, function: function, hosts: hosts, input: batches, output: runs,
            retry: retry, logger: logger, hostDied: hostDied)
        let sink = LaneSink(
            lane: id, engine: engine, input: runs,
            builder: SettlementBuilder(
                claim: claim, version: function.version, outputs: definition.to),
            retry: retry, moved: moved)
        // When the sink fails, leaving the scope cancels the other two; when the source does, what
        // it gave before is still settled.
        async let reading = Self.failure { () async throws(EngineError) in
            try await source.run(from: claim.position)
        }
        async let transforming: Void = transform.run(claim)
        try await sink.run()
        await transforming
        if let failure = await reading { throw failure }
    }

    /// Runs the source until it fails or a graceful stop ends it.
    private static func failure(
        _ body: @escaping @Sendable () async throws(EngineError) -> Void
    ) async -> EngineError? {
        await cancelWhenGracefulShutdown {
            do throws(EngineError) {
                try await body()
                return nil
            } catch {
                return error
            }
        }
    }
}
