/// Turns the outcomes of a run into the settlement that makes them last. A pure value.
package struct SettlementBuilder: Sendable {
    let claim: LaneClaim
    let version: FunctionVersion
    let outputs: [StationName]
    private let deadLetters: StationName
    private let inputs: [UInt8]
    private let parksKeys: Bool
    private var idSources: [StationName: EmissionIDSource] = [:]
    /// Keys that have state; nil where the function keeps none.
    package private(set) var stateKeys: UInt64?
    /// How far event time has come; nil where the function has no timers.
    package private(set) var watermark: Watermark?

    /// Emission index of a dead letter in ids and causes: beyond any that a script reaches.
    package static let deadLetterEmission = UInt16.max

    /// - Parameters:
    ///   - outputs: the stations that emissions' outputs are indexes of.
    ///   - inputs: the function's, a JSON object, for its dead letters.
    ///   - parksKeys: whether the key of an event that failed is parked.
    ///   - stateKeys: how many keys have state now; nil where the function keeps none.
    ///   - watermark: how far event time has come; nil where the function has no timers.
    package init(
        claim: LaneClaim, version: FunctionVersion, outputs: [StationName],
        inputs: [UInt8] = Array("{}".utf8), parksKeys: Bool = false, stateKeys: UInt64? = nil,
        watermark: Watermark? = nil
    ) {
        self.claim = claim
        self.version = version
        self.outputs = outputs
        self.inputs = inputs
        self.parksKeys = parksKeys
        self.stateKeys = stateKeys
        self.watermark = watermark
        deadLetters = .deadLetters(of: claim.lane.function)
    }

    /// The settlement of the events that are ready.
    ///
    /// - Parameters:
    ///   - reply: holds the emissions that the outcomes point to, and what was logged; nil when the
    ///     outcomes are not a host's answer.
    ///   - from: the lane's position before.
    ///   - time: the machine's, for dead letters.
    package mutating func settlement(
        of ready: Delivery.Ready, in batch: LaneBatch, reply: RunReply?, from: Position,
        at time: EventTime
    ) -> Settlement {
        var made = SettledRun(
            outputs: outputs, deadLetters: deadLetters, partition: claim.lane.partition,
            function: claim.lane.function, version: version, reply: reply, time: time)
        made.counts.processed = UInt64(ready.outcomes.count)
        let watermarkBefore = watermark
        let circumstances = DeadLetterHeaders.Circumstances(inputs: inputs, time: time)
        batch.forEachPart(in: ready.range) { number, local, base in
            let part = batch.parts[number]
            made.journal.taken.append(
                .init(
                    station: part.station, first: part.offsets[local.lowerBound],
                    last: part.offsets[local.upperBound - 1]))
            var source = source(for: part)
            for event in local {
                let settled = base + event - ready.first
                if !made.logs.isEmpty {
                    made.logs.take(&source, event: event, of: part, settled: settled)
                }
                if !made.state.isEmpty {
                    made.state.take(
                        &source, event: event, of: part, settled: settled,
                        ready.outcomes[settled])
                }
                switch ready.outcomes[settled] {
                case .done(let emissions):
                    guard let reply, !emissions.isEmpty else {
                        made.counts.dropped += 1
                        break
                    }
                    made.counts.emitted += UInt64(emissions.count)
                    source.append(
                        emissions, of: reply, event: event, of: part, settled: settled,
                        to: &made.appends)
                case .failed(let fault):
                    made.counts.deadLetters += 1
                    source.appendLetter(event: event, of: part, settled: settled, to: &made.dead) {
                        DeadLetterHeaders.headers(for: fault, circumstances, original: $0)
                    }
                    made.note(fault, of: part, event)
                    if parksKeys, fault.kind.parksKey { made.park(part, event) }
                case .parked(let place):
                    made.counts.parked += 1
                    source.appendLetter(event: event, of: part, settled: settled, to: &made.dead) {
                        DeadLetterHeaders.headers(
                            behind: place, partition: part.partition, circumstances, original: $0)
                    }
                }
                guard watermark != nil else { continue }
                watermark?.take(
                    ready.outcomes[settled], at: part.records.withRecord(event, \.time))
                if let reply, !reply.firings.isEmpty {
                    made.takeFirings(
                        &source, of: reply, event: event, of: part, settled: settled,
                        circumstances, counts: ready.outcomes[settled].movesTime)
                }
            }
        }
        made.note(watermark, before: watermarkBefore)
        return Settlement(
            claim: claim, from: from,
            to: batch.position(after: ready.range.upperBound, from: from),
            appends: made.allAppends, changes: made.changes + count(made.state),
            journal: made.journal, counts: made.counts)
    }

    /// What state changed: the values, and how many keys have one now.
    mutating func count(_ state: StateEvents) -> [LaneValueChange] {
        guard let before = stateKeys, state.keysGained != 0 else { return state.values }
        let after = UInt64(clamping: Int64(clamping: before) + state.keysGained)
        stateKeys = after
        var encoded: [UInt8] = []
        encoded.appendLittleEndian(after)
        return state.values + [LaneValueChange(space: .stateKeys, key: [], value: encoded)]
    }

    /// The settlement that pauses a lane at `position`, or ends its pause.
    package func settlement(of pause: LanePause?, at position: Position) -> Settlement {
        Settlement(
            claim: claim, from: position, to: position, appends: [],
            changes: [LaneValueChange(space: .pause, key: [], value: pause?.encoded)],
            journal: JournalRecord(version: version, taken: []), counts: LaneCounts())
    }

    private mutating func source(for part: StoredEvents) -> PartSource {
        PartSource(
            origin: Origin(
                function: claim.lane.function, version: version, generation: claim.generation,
                station: part.station, partition: part.partition),
            ids: idSource(for: part))
    }

    private mutating func idSource(for part: StoredEvents) -> EmissionIDSource {
        if let source = idSources[part.station] { return source }
        let source = EmissionIDSource(
            function: claim.lane.function, generation: claim.generation, station: part.station,
            partition: part.partition)
        idSources[part.station] = source
        return source
    }
}

/// What a settlement is made of, while it is made.
private struct SettledRun {
    var appends: [StationAppend]
    var dead: StationAppend
    var changes: [LaneValueChange] = []
    var journal: JournalRecord
    var counts = LaneCounts()
    var logs: LogEvents
    var state: StateEvents
    private var firings: FiringEvents

    init(
        outputs: [StationName], deadLetters: StationName, partition: UInt32,
        function: FunctionName, version: FunctionVersion, reply: RunReply?, time: EventTime
    ) {
        appends = outputs.map { StationAppend(station: $0, unkeyedPartition: partition) }
        dead = StationAppend(station: deadLetters, unkeyedPartition: partition)
        journal = JournalRecord(version: version, taken: [])
        logs = LogEvents(reply, at: time)
        state = StateEvents(reply, of: function, version)
        firings = FiringEvents(reply)
        if let reply, let first = appends.indices.first {
            // Emissions are about as large as the reply that brought them, mostly for one station.
            appends[first].records.reserve(
                events: reply.emissions.count,
                bytes: reply.bytes.count + reply.emissions.count * 64)
        }
    }

    var allAppends: [StationAppend] {
        (appends + [dead, logs.append, state.append]).filter { !$0.records.isEmpty }
    }

    /// Takes what fired after an event: what it emitted, and dead letters.
    mutating func takeFirings(
        _ source: inout PartSource, of reply: RunReply, event: Int, of part: StoredEvents,
        settled: Int, _ circumstances: DeadLetterHeaders.Circumstances, counts: Bool
    ) {
        for firing in firings.take(settled: settled, counts: counts) {
            switch firing.outcome {
            case .done(let emissions):
                self.counts.emitted += UInt64(emissions.count)
                source.append(
                    emissions, of: reply, event: event, timer: firing.timer, of: part,
                    settled: settled, to: &appends)
            case .failed(let fault):
                self.counts.deadLetters += 1
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

    /// Keeps how far event time has come, where it has moved.
    mutating func note(_ watermark: Watermark?, before: Watermark?) {
        guard let watermark, watermark != before else { return }
        changes.append(
            LaneValueChange(space: .watermark, key: [], value: watermark.encoded))
    }

    /// Keeps a verdict that the inputs alone don't tell.
    mutating func note(_ fault: FunctionFault, of part: StoredEvents, _ event: Int) {
        guard fault.kind.isVerdict else { return }
        journal.verdicts.append(
            .init(station: part.station, offset: part.offsets[event], kind: fault.kind))
    }

    mutating func park(_ part: StoredEvents, _ event: Int) {
        guard let key = part.records.withRecord(event, { $0.key.map(Array.init) }) else { return }
        let place = InputPlace(station: part.station, offset: part.offsets[event])
        changes.append(LaneValueChange(space: .parkedKeys, key: key, value: place.encoded))
    }
}
