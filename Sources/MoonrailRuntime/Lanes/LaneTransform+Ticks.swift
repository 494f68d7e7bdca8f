import MoonrailCore

/// Timers that fire while no event comes.
extension LaneTransform {
    /// What a tick came to.
    enum Tick {
        case goesOn
        /// The lane ends: it was asked to, or it pauses.
        case ends(LanePause?)
        case fails(EngineError)
    }

    private var idle: Duration? { function.definition.timers?.idle }

    /// Whether events run again: what the clock did then is repeated with them.
    private func isReplaying(_ progress: Progress) -> Bool {
        progress.replaying?.isOver(at: progress.position) == false
    }

    /// Has the alarm ring when the clock brings event time to the first timer.
    func arm(_ progress: Progress) {
        guard let idle else { return }
        guard !isReplaying(progress), let silence = progress.builder.silence,
            let earliest = state?.earliestTimer, earliest != EventTime(microseconds: .max)
        else { return alarm.set(nil) }
        alarm.set(silence.moment(of: earliest, idle: idle, began: progress.began))
    }

    /// Fires what is due now, if nothing has come for long enough.
    func tick(_ progress: inout Progress) async -> Tick {
        while !Task.isCancelled, !stop.isMade, let time = clockTime(progress) {
            progress.works += input.takeNow()
            let latest = progress.builder.watermark?.event(movingTo: time) ?? time
            do throws(HostError) {
                guard await isQuiet(progress),
                    try await state?.hasTimersDue(latest: latest) == true
                else { return .goesOn }
            } catch {
                return .ends(nil)
            }
            guard let silence = progress.builder.silence else { return .goesOn }
            let tick = await fire(latest, after: silence.place, &progress)
            guard case .fired = tick else { return tick.end }
        }
        return .goesOn
    }

    /// How far the clock has brought event time; nil while it does not move it.
    private func clockTime(_ progress: Progress) -> EventTime? {
        guard let idle, !isReplaying(progress), let silence = progress.builder.silence else {
            return nil
        }
        let now = now()
        guard now >= max(silence.came, progress.began).advanced(by: idle) else { return nil }
        return silence.reached(at: now)
    }

    /// Whether there is nothing that the lane would take next.
    private func isQuiet(_ progress: Progress) async -> Bool {
        for case .batch in progress.works { return false }
        let (engine, lane) = (engine, lane)
        for (station, offset) in progress.position.offsets {
            let cursor = StationCursor(
                station: station, partition: lane.partition, offset: offset)
            do throws(EngineError) {
                let events = try await retry.whileUnavailable { () async throws(EngineError) in
                    try await engine.readAhead(cursor, bounds: ReadBounds(events: 1))
                }
                guard events?.isEmpty == true else { return false }
            } catch {
                // The loop that reads meets the same, and says so.
                return false
            }
        }
        return true
    }

    /// Repeats a tick.
    func fire(_ tick: LaneHistory.Tick, _ progress: inout Progress) async -> Tick {
        let latest = progress.builder.watermark?.event(movingTo: tick.time) ?? tick.time
        do throws(HostError) {
            if try await state?.hasTimersDue(latest: latest) == true {
                return await fire(latest, after: tick.place, to: tick.time, &progress).end
            }
        } catch {
            return .ends(nil)
        }
        let nothing = RunReply(bytes: [], outcomes: [], emissions: [])
        switch await event(at: tick.place) {
        case .success(let last?):
            return await give(nothing, after: last, to: tick.time, &progress).end
        case .success(.none): return .ends(nil)
        case .failure(let error): return .fails(error)
        }
    }

    private enum Fired {
        case fired, nothing
        case ends(LanePause?)
        case fails(EngineError)

        var end: Tick {
            switch self {
            case .fired, .nothing: .goesOn
            case .ends(let pause): .ends(pause)
            case .fails(let error): .fails(error)
            }
        }
    }

    /// Fires what is due when an event of time `latest` has moved event time, and gives it to be
    /// settled.
    ///
    /// - Parameter time: how far event time has come then; nil: to the last timer that fired.
    private func fire(
        _ latest: EventTime, after place: InputPlace, to time: EventTime? = nil,
        _ progress: inout Progress
    ) async -> Fired {
        let last: StoredEvents
        switch await event(at: place) {
        case .success(let event?): last = event
        case .success(.none): return .ends(nil)
        case .failure(let error): return .fails(error)
        }
        let batch = LaneBatch([last])
        var orders = FiringOrders(tick: latest)
        var failures = 0
        while !Task.isCancelled, !stop.isMade {
            do {
                let reply = try await progress.host.run(batch, 0..<1, firings: orders)
                if reply.firings.isEmpty, time == nil { return .nothing }
                let tooLate = Self.emittingTooLate(reply, batch)
                if !tooLate.isEmpty {
                    orders.stopped += tooLate
                    // It has gone on with state that comes to nothing.
                    await progress.host.stop()
                    continue
                }
                return await give(reply, after: last, to: time, &progress)
            } catch {
                guard case .died(let reason) = error else { return .ends(nil) }
                logger.warning("\(lane): the host died and is started again: \(reason)")
                hostDied()
                failures += 1
                if failures >= function.definition.failure.retry.attempts {
                    switch await killer(batch, 0..<1, orders, reason, &progress) {
                    case .firing(let stopped): orders.stopped.append(stopped)
                    case .event, .unknown:
                        if stop.isMade || Task.isCancelled { return .ends(nil) }
                        return .ends(await give(timerPause(of: place), &progress))
                    }
                }
                await pause(after: failures)
            }
        }
        return .ends(nil)
    }

    /// The timers that emitted though the event's chain of causes is too long.
    private static func emittingTooLate(_ reply: RunReply, _ batch: LaneBatch) -> [StoppedFiring] {
        guard batch.withRecord(0, \.hops) >= Bounds.hops else { return [] }
        return reply.firings.filter(\.outcome.emits).map {
            StoppedFiring(event: 0, .timer($0.timer), .hopLimit)
        }
    }

    /// The event that came last, alone; something in its place where retention has removed it.
    ///
    /// - Returns: nil when the lane was asked to stop meanwhile.
    private func event(at place: InputPlace) async -> Result<StoredEvents?, EngineError> {
        let (engine, retry) = (engine, retry)
        let cursor = StationCursor(
            station: place.station, partition: lane.partition, offset: place.offset)
        return await stop.cancelling {
            do throws(EngineError) {
                return .success(
                    try await retry.whileUnavailable { () async throws(EngineError) in
                        try await engine.lastEvent(cursor)
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    private func give(
        _ reply: RunReply, after last: StoredEvents, to time: EventTime?,
        _ progress: inout Progress
    ) async -> Fired {
        var reply = reply
        let now = now()
        if !reply.logs.isEmpty { reply.logs = progress.logs.take(reply.logs, at: now) }
        if !invocations.replaceLog { log(reply.logs) }
        let place = InputPlace(station: last.station, offset: last.offsets[0])
        var parks: [[UInt8]: InputPlace] = [:]
        if progress.delivery.take(reply.firings[...], after: place, &parks) {
            let settlement = progress.builder.settlement(
                ofTick: reply, after: last, to: time, parking: parks, at: progress.position,
                now: now)
            progress.runs += 1
            if let state, let keys = progress.builder.stateKeys {
                state.changed(
                    settlement, run: progress.runs, keys: keys,
                    watermark: progress.builder.watermark)
            }
            await output.give(
                .run(
                    UnsettledRun(settlement: settlement, number: progress.runs, events: nil)))
        }
        guard case .pause(let reason) = progress.delivery.next() else { return .fired }
        return .ends(
            await give(
                LanePause(
                    version: function.version, reason: reason,
                    isByBreaker: progress.delivery.isTripped), &progress))
    }
}

extension StationLog {
    /// The event at a cursor, alone; where it is gone, one that says nothing in its place.
    func lastEvent(_ cursor: StationCursor) async throws(EngineError) -> StoredEvents {
        let events = try await read(cursor, bounds: ReadBounds(events: 1))
        if events.offsets.first == cursor.offset { return events }
        var records = EventRecords()
        records.append(Event(time: EventTime(microseconds: 0), payload: Array("null".utf8)))
        return StoredEvents(
            station: cursor.station, partition: cursor.partition, records: records,
            offsets: [cursor.offset])
    }
}
