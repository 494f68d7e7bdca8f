/// Turns the outcomes of a run into the settlement that makes them last. A pure value.
package struct SettlementBuilder: Sendable {
    let claim: LaneClaim
    /// In whose name it emits.
    let function: FunctionName
    let version: FunctionVersion
    let outputs: [StationName]
    let deadLetters: StationName
    let inputs: [UInt8]
    private let parksKeys: Bool
    private var idSources: [IDSourceKey: EmissionIDSource] = [:]
    /// Keys that have state; nil where the function keeps none.
    package private(set) var stateKeys: UInt64?
    /// How far event time has come; nil where the function has no timers.
    package internal(set) var watermark: Watermark?
    /// When an event came last; nil where none did, or the clock moves no time.
    package private(set) var silence: LaneSilence?
    /// Whether the clock moves time.
    private let keepsSilence: Bool
    /// Which replay made what, and the lane's latest; nil before its first.
    package private(set) var generations: Generations?
    package internal(set) var replay: LaneReplay?
    /// What a replay that fills in compares with; nil while none does.
    package var fill: OutputFill?

    private struct IDSourceKey: Hashable {
        var station: StationName
        var generation: UInt32
    }

    /// Emission index of a dead letter in ids and causes: beyond any that a script reaches.
    package static let deadLetterEmission = UInt16.max

    /// - Parameters:
    ///   - function: in whose name it emits: of a shadow's lane the function itself, so that its
    ///     outputs are what they would have been there; nil: the lane's.
    ///   - outputs: the stations that emissions' outputs are indexes of.
    ///   - inputs: the function's, a JSON object, for its dead letters.
    ///   - parksKeys: whether the key of an event that failed is parked.
    ///   - stateKeys: how many keys have state now; nil where the function keeps none.
    ///   - generations: which replay made what; nil: all is the claim's generation's.
    ///   - watermark: how far event time has come; nil where the function has no timers.
    ///   - keepsSilence: whether the clock moves event time while no event comes.
    ///   - silence: when one came last, if that is known.
    package init(
        claim: LaneClaim, function: FunctionName? = nil, version: FunctionVersion,
        outputs: [StationName], inputs: [UInt8] = Array("{}".utf8), parksKeys: Bool = false,
        stateKeys: UInt64? = nil, generations: Generations? = nil, replay: LaneReplay? = nil,
        watermark: Watermark? = nil, keepsSilence: Bool = false, silence: LaneSilence? = nil
    ) {
        self.claim = claim
        self.function = function ?? claim.lane.function
        self.version = version
        self.outputs = outputs
        self.inputs = inputs
        self.parksKeys = parksKeys
        self.stateKeys = stateKeys
        self.generations = generations
        self.replay = replay
        self.watermark = watermark
        self.keepsSilence = keepsSilence
        // Another version may have taken events since, of which it kept nothing.
        self.silence = silence?.position == claim.position ? silence : nil
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
            outputs: outputs, deadLetters: deadLetters, lane: claim.lane, version: version,
            reply: reply, inputs: inputs, time: time)
        made.counts.processed = UInt64(ready.outcomes.count)
        let watermarkBefore = watermark
        batch.forEachPart(in: ready.range) { number, local, base in
            let part = batch.parts[number]
            made.journal.taken.append(
                .init(
                    station: part.station, first: part.offsets[local.lowerBound],
                    last: part.offsets[local.upperBound - 1]))
            // What is told beside the outputs belongs to the replay that tells it.
            var own = source(for: part, claim.generation)
            var start = local.lowerBound
            while start < local.upperBound {
                let (generation, end) =
                    generations?.run(of: part.station, from: start, in: part.offsets)
                    ?? (claim.generation, local.upperBound)
                var source = source(for: part, generation)
                let events = start..<min(end, local.upperBound)
                for event in events {
                    let settled = base + event - ready.first
                    let outcome = ready.outcomes[settled]
                    made.records.take(&own, event: event, of: part, settled: settled, outcome)
                    take(outcome, &source, event: event, of: part, settled: settled, &made)
                    guard watermark != nil else { continue }
                    watermark?.take(outcome, at: part.records.withRecord(event, \.time))
                    made.takeFirings(
                        &source, event: event, of: part, settled: settled,
                        counts: outcome.movesTime, where: fill)
                }
                start = events.upperBound
            }
        }
        made.note(watermark, before: watermarkBefore)
        made.park(ready.parks)
        let to = batch.position(after: ready.range.upperBound, from: from)
        if keepsSilence, let reached = watermark?.reached {
            let silence = LaneSilence(
                came: time, reached: reached, place: batch.inputPlace(ready.range.upperBound - 1),
                position: to)
            self.silence = silence
            made.changes.append(
                LaneValueChange(space: .silence, key: [], value: silence.encoded))
        }
        return Settlement(
            claim: claim, from: from, to: to,
            appends: made.allAppends,
            changes: made.changes + count(made.records.state) + count(made.filled),
            values: made.records.state.values, journal: made.journal, counts: made.counts)
    }

    /// Takes what one event came to.
    @inline(__always)
    private func take(
        _ outcome: Outcome, _ source: inout PartSource, event: Int, of part: StoredEvents,
        settled: Int, _ made: inout SettledRun
    ) {
        if fill != nil {
            let place = InputPlace(station: part.station, offset: part.offsets[event])
            if let fill, fill.covers(place) {
                var comparison = fill.comparison(of: place)
                made.take(
                    outcome, &source, event: event, of: part, settled: settled,
                    parksKeys: parksKeys, where: &comparison)
                made.tell(comparison)
                return
            }
        }
        made.take(
            outcome, &source, event: event, of: part, settled: settled, parksKeys: parksKeys)
    }

    /// What a replay that fills in has found so far, this run included.
    mutating func count(_ filled: FillCounts) -> [LaneValueChange] {
        guard fill != nil, var replay else { return [] }
        replay.found += filled
        self.replay = replay
        return [LaneValueChange(space: .replay, key: [], value: replay.encoded)]
    }

    /// What state changed besides the values: timers, and how many keys have one now.
    mutating func count(_ state: StateEvents) -> [LaneValueChange] {
        state.timerChanges + count(keysGained: state.keysGained)
    }

    /// How many keys have state from now on, when that changes.
    ///
    /// - Parameter gained: keys that came to have state, less those that lost it.
    mutating func count(keysGained gained: Int64) -> [LaneValueChange] {
        guard let before = stateKeys, gained != 0 else { return [] }
        let after = UInt64(clamping: Int64(clamping: before) + gained)
        stateKeys = after
        var encoded: [UInt8] = []
        encoded.appendLittleEndian(after)
        return [LaneValueChange(space: .stateKeys, key: [], value: encoded)]
    }

    /// The settlement that pauses a lane at `position`, or ends its pause.
    package func settlement(of pause: LanePause?, at position: Position) -> Settlement {
        Settlement(
            claim: claim, from: position, to: position, appends: [],
            changes: [LaneValueChange(space: .pause, key: [], value: pause?.encoded)],
            journal: JournalRecord(version: version, taken: []))
    }

    mutating func source(for part: StoredEvents, _ generation: UInt32) -> PartSource {
        PartSource(
            origin: Origin(
                function: function, version: version, generation: generation,
                station: part.station, partition: part.partition),
            ids: idSource(for: part, generation))
    }

    private mutating func idSource(
        for part: StoredEvents, _ generation: UInt32
    ) -> EmissionIDSource {
        let key = IDSourceKey(station: part.station, generation: generation)
        if let source = idSources[key] { return source }
        let source = EmissionIDSource(
            function: function, generation: generation, station: part.station,
            partition: part.partition)
        idSources[key] = source
        return source
    }
}
