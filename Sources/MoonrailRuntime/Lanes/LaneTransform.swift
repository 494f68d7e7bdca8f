import Logging
import MoonrailCore

/// The second of a lane's three loops: runs the function, and decides what is to be settled.
struct LaneTransform: Sendable {
    let claim: LaneClaim
    let function: DeployableFunction
    let engine: any StationEngine
    let hosts: any FunctionHostStarter
    let idleHosts: IdleHosts
    let input: Handoff<LaneWork>
    let output: Handoff<LaneResult>
    let builder: SettlementBuilder
    /// Nil when the function keeps no state.
    let state: LaneState?
    let refused: RefusedEvents
    let parkedKeys: [[UInt8]: InputPlace]
    /// What the clock did behind the place that the lane was moved to.
    let ticks: [LaneHistory.Tick]
    let retry: Retry
    let stop: StopRequest
    let now: @Sendable () -> EventTime
    let logger: Logger
    let invocations: LaneInvocations
    let measurements: LaneMeasurements
    let alarm: LaneAlarm
    let hostDied: @Sendable () -> Void

    /// What the loop changes as it goes.
    struct Progress {
        var host: HostSlot
        var delivery: Delivery
        var builder: SettlementBuilder
        var position: Position
        var logs: LogAllowance
        /// Nil unless events run again.
        var replaying: LaneReplaying?
        /// Runs that were given to be settled.
        var runs: UInt64 = 0
        /// What was taken from the input and waits for its turn.
        var works: [LaneWork] = []
        /// Those that are still to be repeated.
        var ticks: [LaneHistory.Tick]
        /// When the lane began to run.
        let began: EventTime
        /// Timers that took the host along when they fired after the event that runs next.
        var stopped: [StoppedFiring] = []
    }

    var lane: LaneID { claim.lane }

    /// Runs batches until there are no more, or the lane must pause. The host is started by the
    /// first event, and stopped when no event came for a while: a function whose station is quiet
    /// costs no process. Batches that come after the lane was asked to stop are left alone; wishes
    /// about dead letters are not.
    ///
    /// - Returns: why it must pause; the pause is handed on to be settled. Nil at the end.
    /// - Throws: what dead letters met that repeating can't mend.
    func run() async throws(EngineError) -> LanePause? {
        var program = function.program
        program.partition = lane.partition
        var progress = Progress(
            host: HostSlot(
                program: program, hosts: hosts, retry: retry,
                use: HostUse(hosts: idleHosts, lane: lane) { [input] in
                    input.giveAtOnce(.idleHost)
                }, state: state, yields: function.isShadow),
            delivery: Delivery(
                function.definition.failure, parkedKeys: parkedKeys,
                parksTimerKeys: function.definition.parksTimerKeys),
            builder: builder, position: claim.position,
            logs: LogAllowance(linesPerSecond: function.program.limits.logRate),
            replaying: LaneReplaying(
                builder, of: function, lane: lane, at: claim.position, ticks: ticks,
                engine: engine),
            ticks: ticks, began: now())
        defer {
            // Nobody takes what is still given, and nobody waits for room.
            input.finish()
            output.finish()
        }
        do throws(EngineError) {
            let pause = try await run(&progress)
            await progress.host.stop()
            if let failure = state?.failure { throw failure }
            return pause
        } catch {
            await progress.host.stop()
            throw error
        }
    }

    private func run(_ progress: inout Progress) async throws(EngineError) -> LanePause? {
        if !parkedKeys.isEmpty {
            _ = try await retry.whileUnavailable { () async throws(EngineError) in
                try await fulfil(.release, &progress)
            }
        }
        switch try await repeatFirstTicks(&progress) {
        case .goesOn: break
        case .ends(let pause): return pause
        case .fails(let error): throw error
        }
        while let work = await nextWork(&progress) {
            switch work {
            case .batch(let batch):
                // One that was broken off has left its rest behind: nothing may overtake it.
                if Task.isCancelled || stop.isMade || state?.failure != nil { continue }
                if progress.replaying != nil {
                    guard try await prepare(batch, &progress) else { continue }
                }
                switch await runWithTicks(batch, &progress) {
                case .goesOn: break
                case .ends(let pause): return pause
                case .fails(let error): throw error
                }
            case .letters(let request):
                do throws(EngineError) {
                    request.answer(.success(try await fulfil(request.wish, &progress)))
                } catch {
                    request.answer(.failure(error))
                    guard error.isPassing else { throw error }
                }
            case .idleHost:
                await progress.host.stopIfIdle()
            case .alarm:
                switch await tick(&progress) {
                case .goesOn: break
                case .ends(let pause): return pause
                case .fails(let error): throw error
                }
            }
        }
        return nil
    }

    /// Readies what a batch of a replay needs.
    ///
    /// - Returns: false when the lane was asked to stop meanwhile.
    func prepare(
        _ batch: LaneBatch?, _ progress: inout Progress
    ) async throws(EngineError) -> Bool {
        guard var replaying = progress.replaying else { return true }
        if replaying.isOver(at: progress.position), batch != nil {
            progress.replaying = nil
            progress.builder.fill = nil
            return true
        }
        let paced = replaying
        replaying = await stop.cancelling { [batch] in
            var paced = paced
            await paced.pace(batch?.count ?? 0)
            return paced
        }
        if stop.isMade { return false }
        let (fill, position) = (progress.builder.fill, progress.position)
        let filled = try await retry.whileUnavailable { () async throws(EngineError) in
            try await replaying.fill(for: batch, at: position, fill)
        }
        guard let filled else { return false }
        progress.builder.fill = filled
        progress.replaying = replaying
        return true
    }

    private func nextWork(_ progress: inout Progress) async -> LaneWork? {
        if progress.works.isEmpty {
            arm(progress)
            guard let works = await input.takeAll() else { return nil }
            progress.works = works
        }
        return progress.works.removeFirst()
    }

    /// The batch that comes next, if it is there already; it keeps its turn.
    private func nextBatch(_ progress: inout Progress) -> LaneBatch? {
        if progress.works.isEmpty { progress.works = input.takeNow() }
        guard case .batch(let batch) = progress.works.first else { return nil }
        return batch
    }

    private var order: StateOrder {
        StateOrder(
            policy: function.definition.failure,
            parksTimerKeys: function.definition.parksTimerKeys, refused: refused)
    }

    func run(_ batch: LaneBatch, _ progress: inout Progress) async -> LanePause? {
        progress.delivery.take(batch)
        var reply: RunReply?
        while !Task.isCancelled {
            switch progress.delivery.next() {
            case .run(let range, let failures):
                if failures > 0 { await pause(after: failures) }
                // Everything before it is given to be settled.
                if stop.isMade { return nil }
                let isRest = range.upperBound == batch.count && failures == 0
                // Which timers fire there depends on what this run makes of them.
                let next =
                    isRest && function.definition.timers == nil ? nextBatch(&progress) : nil
                do {
                    let isTimed =
                        invocations.areWatched || measurements.times(batchOf: range.count)
                    var ran = try await progress.host.run(
                        batch, range, ahead: next, isTimed: isTimed,
                        firings: FiringOrders(stopped: progress.stopped))
                    measurements.ran(ran)
                    progress.stopped = []
                    if !ran.logs.isEmpty { ran.logs = progress.logs.take(ran.logs, at: now()) }
                    if state != nil, order.cut(&ran, of: range, in: batch) {
                        await progress.host.stop()
                    }
                    if !invocations.replaceLog { log(ran.logs, of: batch, from: range.lowerBound) }
                    reply = ran
                    progress.delivery.ran(ran.outcomes, firings: ran.firings)
                } catch {
                    // A stop that came while no host could be started, or no state be read.
                    guard case .died(let reason) = error else { return nil }
                    logger.warning("\(lane): the host died and is started again: \(reason)")
                    hostDied()
                    switch await killer(after: failures, batch, range, reason, &progress) {
                    case .event: progress.delivery.hostDied(reason)
                    case .firing(let stopped): progress.stopped.append(stopped)
                    case .unknown:
                        if stop.isMade || Task.isCancelled { return nil }
                        let place = batch.inputPlace(range.lowerBound)
                        return await give(timerPause(of: place), &progress)
                    }
                }
            case .settle(let ready):
                await give(ready, of: batch, reply, &progress)
                // What comes next without a run of its own has neither emissions nor logs.
                reply = nil
            case .pause(let reason):
                return await give(
                    LanePause(
                        version: function.version, reason: reason,
                        isByBreaker: progress.delivery.isTripped),
                    &progress)
            case .finished:
                return nil
            }
        }
        return nil
    }

    /// Hands on a pause to be settled.
    func give(_ pause: LanePause, _ progress: inout Progress) async -> LanePause {
        let settlement = progress.builder.settlement(of: pause, at: progress.position)
        await output.give(.run(UnsettledRun(settlement: settlement, events: nil)))
        return pause
    }

    /// Waits before an event runs again that took its host along.
    func pause(after failures: Int) async {
        let (retry, policy, lane) = (retry, function.definition.failure.retry, lane)
        _ = await stop.cancelling {
            await retry.pause(policy, after: failures, "\(lane): an event took its host along")
        }
    }

    private func give(
        _ ready: Delivery.Ready, of batch: LaneBatch, _ reply: RunReply?,
        _ progress: inout Progress
    ) async {
        let time = now()
        let events = UnsettledRun.Events(
            batch: batch, reply: reply, ready: ready, builder: progress.builder, time: time)
        let settlement = progress.builder.settlement(
            of: ready, in: batch, reply: reply, from: progress.position, at: time)
        progress.position = settlement.to
        progress.runs += 1
        let run = UnsettledRun(settlement: settlement, number: progress.runs, events: events)
        if let state, let keys = progress.builder.stateKeys {
            state.changed(
                settlement, run: run.number, keys: keys,
                watermark: progress.builder.watermark)
        }
        await output.give(.run(run))
    }

    /// Works on dead letters when everything before is settled.
    private func fulfil(
        _ wish: LetterWish, _ progress: inout Progress
    ) async throws(EngineError) -> LetterSummary {
        let (settled, continuation) = AsyncStream<Never>.makeStream()
        await output.give(.barrier(continuation))
        for await _ in settled {}
        var run = LetterRun(
            engine: engine, claim: claim, position: progress.position,
            policy: function.definition.failure, builder: progress.builder,
            parkedKeys: progress.delivery.parkedKeys, logs: progress.logs, retry: retry,
            invocations: invocations, now: now)
        defer {
            progress.delivery.parkedKeys = run.parkedKeys
            progress.logs = run.logs
            // It counts the keys that have state.
            progress.builder = run.builder
            state?.lettersWereRun()
        }
        return try await run.fulfil(wish, host: &progress.host)
    }

    /// Writes lines of scripts to the log.
    ///
    /// - Parameters:
    ///   - batch: whose events logged them, from number `first` on; nil where none did.
    func log(_ lines: [RunReply.LogLine], of batch: LaneBatch? = nil, from first: Int = 0) {
        for line in lines {
            let level: Logger.Level =
                switch line.level {
                case .debug: .debug
                case .info: .info
                case .warn: .warning
                case .error: .error
                }
            let trace = batch.flatMap { $0.withRecord(first + line.event) { $0.traceParent } }
            logger.log(
                level: level, "\(lane): \(line.wholeText)",
                metadata: trace.map { [TraceParent.headerName: "\($0)"] })
        }
    }
}
