/// Settlements of ticks: nothing came for a while, the clock has moved event time, and timers
/// fired. The lane's position stays.
extension SettlementBuilder {
    /// The settlement of what fired.
    ///
    /// What fired has the event that came last as its cause, as if it had fired right after it.
    /// Event time has come to the last timer that fired and no further, however late the machine
    /// was: so that how many ticks it were, and when, leaves no trace.
    ///
    /// - Parameters:
    ///   - reply: of the run that did nothing but fire timers, at least one.
    ///   - last: the event that came last, alone.
    ///   - time: how far event time has come; nil: to the last timer that fired.
    ///   - parks: keys that wait behind a timer that failed.
    ///   - now: the machine's time, for dead letters.
    package mutating func settlement(
        ofTick reply: RunReply, after last: StoredEvents, to time: EventTime? = nil,
        parking parks: [[UInt8]: InputPlace], at position: Position, now: EventTime
    ) -> Settlement {
        var made = SettledRun(
            outputs: outputs, deadLetters: deadLetters, lane: claim.lane, version: version,
            reply: reply, inputs: inputs, time: now, isTick: true)
        let watermarkBefore = watermark
        let place = InputPlace(station: last.station, offset: last.offsets[0])
        if let time = time ?? reply.firings.last?.timer.timer.time { watermark?.advance(to: time) }
        var own = source(for: last, claim.generation)
        made.records.take(&own, event: 0, of: last, settled: 0, .done(emissions: 0..<0))
        let generation =
            generations?.generation(of: place.station, at: place.offset) ?? claim.generation
        var emitter = source(for: last, generation)
        made.takeFirings(&emitter, event: 0, of: last, settled: 0, counts: true, where: fill)
        made.note(watermark, before: watermarkBefore)
        made.park(parks)
        made.journal.tick = place
        return Settlement(
            claim: claim, from: position, to: position, appends: made.allAppends,
            changes: made.changes + count(made.records.state) + count(made.filled),
            values: made.records.state.values, journal: made.journal, counts: made.counts)
    }
}
