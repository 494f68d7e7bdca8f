/// What a settlement is made of, while it is made.
struct SettledRun {
    private var appends: [StationAppend]
    private var dead: StationAppend
    private var told = StationAppend(station: .replays)
    private let lane: LaneID
    private let reply: RunReply?
    private let circumstances: DeadLetterHeaders.Circumstances
    var changes: [LaneValueChange] = []
    var journal: JournalRecord
    var counts = LaneCounts()
    var records: RunRecords
    private var firings: FiringEvents
    /// What outputs came to where only those that are missing are appended.
    private(set) var filled = FillCounts()

    /// Of one run, so many differences are told; all are counted.
    private static let toldMost = 100

    init(
        outputs: [StationName], deadLetters: StationName, lane: LaneID, version: FunctionVersion,
        reply: RunReply?, inputs: [UInt8], time: EventTime, isTick: Bool = false
    ) {
        appends = outputs.map { StationAppend(station: $0, unkeyedPartition: lane.partition) }
        dead = StationAppend(station: deadLetters, unkeyedPartition: lane.partition)
        self.lane = lane
        self.reply = reply
        circumstances = DeadLetterHeaders.Circumstances(inputs: inputs, time: time)
        journal = JournalRecord(version: version, taken: [])
        records = RunRecords(reply, of: lane.function, at: time, isTick: isTick)
        firings = FiringEvents(reply)
        if let reply, let first = appends.indices.first {
            // Emissions are about as large as the reply that brought them, mostly for one station.
            appends[first].records.reserve(
                events: reply.emissions.count,
                bytes: reply.bytes.count + reply.emissions.count * 64)
        }
    }

    var allAppends: [StationAppend] {
        (appends + [dead] + records.appends + [told]).filter { !$0.records.isEmpty }
    }

    /// Takes what event number `event` of `part`, the `settled`th of the run, came to.
    mutating func take(
        _ outcome: Outcome, _ source: inout PartSource, event: Int, of part: StoredEvents,
        settled: Int, parksKeys: Bool
    ) {
        switch outcome {
        case .done(let emissions):
            guard let reply, !emissions.isEmpty else {
                counts.dropped += 1
                return
            }
            counts.emitted += UInt64(emissions.count)
            source.append(
                emissions, of: reply, event: event, of: part, settled: settled, to: &appends)
        case .failed(let fault):
            counts.deadLetters += 1
            let circumstances = circumstances
            source.appendLetter(event: event, of: part, settled: settled, to: &dead) {
                DeadLetterHeaders.headers(for: fault, circumstances, original: $0)
            }
            note(fault, of: part, event)
            if parksKeys, fault.kind.parksKey { park(part, event) }
        case .parked(let place):
            counts.parked += 1
            let circumstances = circumstances
            source.appendLetter(event: event, of: part, settled: settled, to: &dead) {
                DeadLetterHeaders.headers(
                    behind: place, partition: part.partition, circumstances, original: $0)
            }
        }
    }

    /// Takes of it only what is not there already.
    mutating func take(
        _ outcome: Outcome, _ source: inout PartSource, event: Int, of part: StoredEvents,
        settled: Int, parksKeys: Bool, where comparison: inout OutputFill.Comparison
    ) {
        guard case .done(let emissions) = outcome else {
            if comparison.isLetterMissing() {
                take(
                    outcome, &source, event: event, of: part, settled: settled,
                    parksKeys: parksKeys)
            } else if case .failed(let fault) = outcome {
                note(fault, of: part, event)
                if parksKeys, fault.kind.parksKey { park(part, event) }
            }
            return
        }
        guard let reply else { return }
        if emissions.isEmpty { counts.dropped += 1 }
        for (number, emission) in emissions.enumerated() {
            let isMissing = reply.withEmission(emission) { output, record in
                comparison.isMissing(UInt16(number), output, record)
            }
            guard isMissing else { continue }
            counts.emitted += 1
            source.append(
                emission..<emission + 1, from: number, of: reply, event: event, of: part,
                settled: settled, to: &appends)
        }
    }

    /// Tells what would be otherwise now, and counts it all.
    mutating func tell(_ comparison: OutputFill.Comparison) {
        var comparison = comparison
        comparison.finish()
        filled += comparison.counts
        for difference in comparison.differences { tell(difference) }
    }

    /// Takes what fired after an event: what it emitted, and dead letters.
    ///
    /// - Parameters:
    ///   - counts: whether the event moved time.
    ///   - fill: what is there already, where only what is missing is appended.
    mutating func takeFirings(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int, counts: Bool,
        where fill: OutputFill? = nil
    ) {
        guard let reply, !reply.firings.isEmpty else { return }
        let place = InputPlace(station: part.station, offset: part.offsets[event])
        for firing in firings.take(settled: settled, counts: counts) {
            if let fill, fill.covers(place) {
                let isLeft = !take(
                    firing, of: reply, &source, event: event, of: part, settled: settled, fill)
                if isLeft { continue }
            }
            switch firing.outcome {
            case .done(let emissions):
                self.counts.emitted += UInt64(emissions.count)
                source.append(
                    emissions, of: reply, event: event, timer: firing.timer, of: part,
                    settled: settled, to: &appends)
            case .failed(let fault):
                self.counts.deadLetters += 1
                note(fault, of: firing.timer, after: part, event)
                source.append(
                    FiringEvents.letter(of: firing.timer, fault, circumstances),
                    emission: UInt32(SettlementBuilder.deadLetterEmission), timer: firing.timer,
                    noted: SettlementBuilder.deadLetterEmission, causedBy: event, of: part,
                    settled: settled, to: &dead)
            case .parked:
                break
            }
        }
    }

    /// Takes of what a timer emitted only what is not there already.
    ///
    /// - Returns: whether it failed and its dead letter is not there either.
    private mutating func take(
        _ firing: RunReply.Firing, of reply: RunReply, _ source: inout PartSource, event: Int,
        of part: StoredEvents, settled: Int, _ fill: OutputFill
    ) -> Bool {
        let place = InputPlace(station: part.station, offset: part.offsets[event])
        guard case .done(let emissions) = firing.outcome else {
            let isThere = fill.hasLetter(of: firing.timer, after: place)
            if isThere {
                filled.present += 1
                if case .failed(let fault) = firing.outcome {
                    note(fault, of: firing.timer, after: part, event)
                }
            } else {
                filled.added += 1
            }
            return !isThere
        }
        for (number, emission) in emissions.enumerated() {
            let found = reply.withEmission(emission) { output, record in
                fill.take(
                    record, output, emission: UInt16(number), of: firing.timer, after: place)
            }
            switch found {
            case .present: filled.present += 1
            case .differs(let difference):
                filled.differing += 1
                tell(difference)
            case .missing:
                filled.added += 1
                counts.emitted += 1
                source.append(
                    emission..<emission + 1, from: number, of: reply, event: event,
                    timer: firing.timer, of: part, settled: settled, to: &appends)
            }
        }
        return false
    }

    private mutating func tell(_ difference: FillDifference) {
        guard told.records.count < Self.toldMost else { return }
        told.records.append(difference.event(of: lane, journal.version, at: circumstances.time))
    }

    /// Keeps how far event time has come, where it has moved.
    mutating func note(_ watermark: Watermark?, before: Watermark?) {
        journal.watermark = watermark?.reached
        guard let watermark, watermark != before else { return }
        changes.append(
            LaneValueChange(space: .watermark, key: [], value: watermark.encoded))
    }

    /// Keeps a verdict that the inputs alone don't tell.
    private mutating func note(_ fault: FunctionFault, of part: StoredEvents, _ event: Int) {
        guard fault.kind.isVerdict else { return }
        journal.verdicts.append(
            .init(station: part.station, offset: part.offsets[event], kind: fault.kind))
    }

    private mutating func note(
        _ fault: FunctionFault, of timer: KeyedTimer, after part: StoredEvents, _ event: Int
    ) {
        // In a tick the chain's length is known only as long as the event is kept.
        guard fault.kind.isVerdict || fault.kind == .hopLimit else { return }
        let place = InputPlace(station: part.station, offset: part.offsets[event])
        journal.stopped.append(.init(place: place, timer: timer, kind: fault.kind))
    }

    /// Keeps the keys that wait behind timers that failed.
    mutating func park(_ keys: [[UInt8]: InputPlace]) {
        for (key, place) in keys.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            changes.append(LaneValueChange(space: .parkedKeys, key: key, value: place.encoded))
        }
    }

    private mutating func park(_ part: StoredEvents, _ event: Int) {
        guard let key = part.records.withRecord(event, { $0.key.map(Array.init) }) else { return }
        let place = InputPlace(station: part.station, offset: part.offsets[event])
        changes.append(LaneValueChange(space: .parkedKeys, key: key, value: place.encoded))
    }
}
