import Logging
import MoonrailCore

/// One function × one partition number: read, run, settle, as three loops that overlap.
///
/// While batch n is being settled, n+1 runs in the host and n+2 is read. Each hand-over is bounded,
/// so that a slow function grows its lag on disk and nothing in memory.
struct Lane: Sendable {
    /// Batches read ahead of the function.
    static let batchesAhead = 2
    /// Runs waiting for their commit: what one flush can share.
    static let runsUnsettled = 16
    /// About as many bytes of what they append: enough for that many runs of usual events.
    static let unsettledBytes = 4 << 20

    let id: LaneID
    let function: DeployableFunction
    let engine: any StationEngine
    let hosts: any FunctionHostStarter
    let idleHosts: IdleHosts
    let retry: Retry
    /// Ends the lane between two settlements.
    var stop: StopRequest
    /// Where it ends by itself; nil: nowhere.
    var limit: Position?
    let now: @Sendable () -> EventTime
    /// As fast as `now` goes.
    let clock: any Clock<Duration>
    let logger: Logger
    /// Where what it settles is shown.
    let feed: InvocationFeed
    let measurements: LaneMeasurements
    /// Called after each death of its host.
    let hostDied: @Sendable () -> Void
    /// Called after the lane is claimed and after each commit.
    let moved: @Sendable () -> Void
    /// Called with where to give requests, when the lane begins to take them, and with nil when it
    /// no longer does.
    let takesRequests: @Sendable (Handoff<LaneWork>?) -> Void

    /// Runs from the last settlement on until it is asked to stop; then what the host works on is
    /// still settled, and what was only read is left to whoever takes the lane over. When events
    /// were lost that it had read ahead of their flush, it begins once more at its last settlement.
    ///
    /// - Parameter resumes: whether a pause of this version ends now.
    /// - Returns: why the lane pauses; nil when it was asked to stop.
    /// - Throws: what repeating can't mend.
    func run(resumes: Bool) async throws(EngineError) -> LanePause? {
        let refused = RefusedEvents()
        while true {
            do throws(EngineError) {
                return try await runOnce(resumes: resumes, refused)
            } catch {
                guard case .inputWithdrawn = error else { throw error }
                logger.notice("\(error)")
            }
        }
    }

    private func runOnce(
        resumes: Bool, _ refused: RefusedEvents
    ) async throws(EngineError) -> LanePause? {
        let begun = try await retry.whileUnavailable { () async throws(EngineError) in
            try await LaneBeginning(of: function, id, in: engine, now: now)
        }
        guard let begun else { return nil }
        moved()
        if let pause = begun.pause {
            if pause.version == function.version && !resumes { return pause }
            let resumed = begun.builder.settlement(of: nil, at: begun.claim.position)
            let done: Void? = try await retry.whileUnavailable { () async throws(EngineError) in
                try await engine.settle([resumed])
            }
            guard done != nil else { return nil }
        }
        return try await run(begun, refused)
    }

    private func run(
        _ begun: LaneBeginning, _ refused: RefusedEvents
    ) async throws(EngineError) -> LanePause? {
        let state = begun.state(of: function, engine: engine, retry: retry)
        let works = Handoff<LaneWork>(capacity: Self.batchesAhead)
        let results = Handoff<LaneResult>(
            capacity: function.isShadow ? Shadow.runsUnsettled : Self.runsUnsettled,
            weightMaximum: Self.unsettledBytes, weight: \.bytes)
        let source = LaneSource(
            lane: id, engine: engine, inputs: function.definition.from,
            batchEvents: function.batchEvents, replay: begun.builder.replay, limit: limit,
            readsAhead: !hosts.hasEffects, output: works, retry: retry)
        let invocations = LaneInvocations(feed, of: function, id)
        let alarm = LaneAlarm(clock: clock, now: now) { works.giveAtOnce(.alarm) }
        let transform = LaneTransform(
            claim: begun.claim, function: function, engine: engine, hosts: hosts,
            idleHosts: idleHosts, input: works, output: results, builder: begun.builder,
            state: state, refused: refused, parkedKeys: begun.parkedKeys, ticks: begun.ticks,
            retry: retry, stop: stop,
            now: now, logger: logger, invocations: invocations, measurements: measurements,
            alarm: alarm, hostDied: hostDied)
        let sink = LaneSink(
            engine: engine, input: results, retry: retry, state: state, refused: refused,
            invocations: invocations, measurements: measurements,
            rest: function.isShadow ? Shadow.rest : 0, moved: moved)
        takesRequests(works)
        defer { takesRequests(nil) }
        // When the sink fails, leaving the scope cancels the other two; when the source does, what
        // it gave before is still settled.
        async let reading = stop.cancelling {
            await Self.result { () async throws(EngineError) in
                try await source.run(from: begun.claim.position)
            }
        }
        async let _ = alarm.run()
        async let transforming = Self.result { () async throws(EngineError) in
            try await transform.run()
        }
        try await sink.run()
        if let pause = try await transforming.get() { return pause }
        try await reading.get()
        return nil
    }

    private static func result<Value: Sendable>(
        _ body: @Sendable () async throws(EngineError) -> Value
    ) async -> Result<Value, EngineError> {
        do throws(EngineError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// A lane's claim, and what its last settlement left to whoever takes it over.
struct LaneBeginning: Sendable {
    let claim: LaneClaim
    let pause: LanePause?
    let parkedKeys: [[UInt8]: InputPlace]
    private(set) var builder: SettlementBuilder
    /// Of a function with timers whose lane was moved: what the clock did behind the place that it
    /// was moved to, and is still to be repeated.
    private(set) var ticks: [LaneHistory.Tick] = []
    /// Of its inputs, where the function keeps state.
    private var partitions: UInt32 = 1

    /// Takes the lane over. When it was moved and its state is not yet what it was there, that is
    /// done first.
    ///
    /// - Throws: as `LaneStore.claim`; `corrupt` when a value is not what a lane wrote.
    init(
        of function: DeployableFunction, _ lane: LaneID, in engine: any StationEngine,
        now: @Sendable () -> EventTime
    ) async throws(EngineError) {
        let definition = function.definition
        claim = try await engine.claim(lane, inputs: definition.from, start: definition.start)
        pause = try await engine.value(of: lane, in: .pause, key: [])
            .flatMap { LanePause(encoded: $0) }
        var parkedKeys: [[UInt8]: InputPlace] = [:]
        var last: [UInt8]?
        while true {
            let values = try await engine.values(
                of: lane, in: .parkedKeys, after: last, limit: Bounds.batchEvents)
            for value in values {
                guard let place = InputPlace(encoded: value.value) else {
                    throw .corrupt("lane \(lane): the record of a parked key is damaged")
                }
                parkedKeys[value.key] = place
            }
            guard let key = values.last?.key else { break }
            last = key
        }
        self.parkedKeys = parkedKeys
        var stateKeys: UInt64?
        var watermark: Watermark?
        var silence: LaneSilence?
        if definition.state != nil {
            partitions = try await Self.openStateStation(of: definition, in: engine)
            stateKeys = try await engine.stateKeys(of: lane)
        }
        if let timers = definition.timers {
            let encoded = try await engine.value(of: lane, in: .watermark, key: [])
            watermark = Watermark(lateness: timers.lateness, encoded: encoded)
            if timers.idle != nil {
                silence = try await engine.value(of: lane, in: .silence, key: [])
                    .flatMap { LaneSilence(encoded: $0) }
            }
        }
        let generations = try await engine.value(of: lane, in: .generations, key: [])
        let replay = try await engine.value(of: lane, in: .replay, key: [])
        builder = SettlementBuilder(
            claim: claim, function: function.program.function, version: function.version,
            outputs: definition.to, inputs: function.program.inputs,
            parksKeys: definition.failure.onFailure == .parkKey,
            stateKeys: stateKeys,
            generations: try generations.map { (bytes) throws(EngineError) in
                try Self.known(Generations(encoded: bytes), lane)
            },
            replay: try replay.map { (bytes) throws(EngineError) in
                try Self.known(LaneReplay(encoded: bytes), lane)
            }, watermark: watermark, keepsSilence: definition.timers?.idle != nil,
            silence: silence)
        if builder.replay?.isRestoring == true {
            let restoration = StateRestoration(
                lane: lane, position: claim.position, engine: engine)
            try await restoration.run(&builder, at: now())
        }
        if watermark != nil, let replay = builder.replay, !replay.isPassed(by: claim.position) {
            ticks = try await engine.history(of: lane).ahead
        }
    }

    private static func known<Value>(
        _ value: Value?, _ lane: LaneID
    ) throws(EngineError) -> Value {
        guard let value else {
            throw .corrupt("lane \(lane): the record of its replays is damaged")
        }
        return value
    }

    /// Makes sure of the station that each change of the function's state is appended to.
    ///
    /// - Returns: its partitions, as many as the inputs have.
    private static func openStateStation(
        of definition: FunctionDefinition, in engine: any StationEngine
    ) async throws(EngineError) -> UInt32 {
        let partitions = try await engine.describe(definition.from[0]).settings.partitions
        let name = StationName.stateChanges(of: definition.name)
        let declared = DeclaredStations([name: StationSettings(partitions: partitions)])
        _ = try await declared.makeSure(of: name, in: engine)
        return partitions
    }

    /// The state of the lane's keys; nil when the function keeps none.
    func state(
        of function: DeployableFunction, engine: any StationEngine, retry: Retry
    ) -> LaneState? {
        guard let state = function.definition.state, let keys = builder.stateKeys else {
            return nil
        }
        return LaneState(
            of: function, state, claim.lane, partitions: partitions, keys: keys,
            watermark: builder.watermark, engine: engine, retry: retry)
    }
}
