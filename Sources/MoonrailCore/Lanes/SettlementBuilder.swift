/// Turns the outcomes of a run into the settlement that makes them last. A pure value.
package struct SettlementBuilder: Sendable {
    private let claim: LaneClaim
    private let version: FunctionVersion
    private let outputs: [StationName]
    private let deadLetters: StationName
    private var idSources: [StationName: EmissionIDSource] = [:]

    /// Emission index of a dead letter in ids and causes: beyond any that a script reaches.
    package static let deadLetterEmission = UInt16.max

    package init(claim: LaneClaim, version: FunctionVersion, outputs: [StationName]) {
        self.claim = claim
        self.version = version
        self.outputs = outputs
        deadLetters = .deadLetters(of: claim.lane.function)
    }

    /// The settlement of the events that are ready.
    ///
    /// - Parameters:
    ///   - reply: holds the emissions that the outcomes point to; nil when no outcome is `done`.
    ///   - from: the lane's position before.
    package mutating func settlement(
        of ready: Delivery.Ready, in batch: LaneBatch, reply: RunReply?, from: Position
    ) -> Settlement {
        var appends = outputs.map {
            StationAppend(station: $0, unkeyedPartition: claim.lane.partition)
        }
        var dead = StationAppend(
            station: deadLetters, unkeyedPartition: claim.lane.partition)
        if let reply, let first = appends.indices.first {
            // Emissions are about as large as the reply that brought them, mostly for one station.
            appends[first].records.reserve(
                events: reply.emissions.count,
                bytes: reply.bytes.count + reply.emissions.count * 64)
        }
        var journal = JournalRecord(version: version, taken: [])
        var counts = LaneCounts()
        counts.processed = UInt64(ready.outcomes.count)
        batch.forEachPart(in: ready.range) { number, local, base in
            let part = batch.parts[number]
            journal.taken.append(
                .init(
                    station: part.station, first: part.offsets[local.lowerBound],
                    last: part.offsets[local.upperBound - 1]))
            var source = PartSource(
                origin: Origin(
                    function: claim.lane.function, version: version,
                    generation: claim.generation, station: part.station,
                    partition: part.partition),
                ids: idSource(for: part), part: part)
            for event in local {
                let settled = base + event - ready.first
                switch ready.outcomes[settled] {
                case .done(let emissions):
                    if emissions.isEmpty { counts.dropped += 1 }
                    counts.emitted += UInt64(emissions.count)
                    guard let reply else { continue }
                    source.append(
                        emissions, of: reply, event: event, settled: settled, to: &appends)
                case .failed(let fault):
                    counts.deadLetters += 1
                    source.appendDeadLetter(
                        fault, event: event, settled: settled, attempts: ready.attempts,
                        to: &dead)
                    if fault.kind.isVerdict {
                        journal.verdicts.append(
                            .init(
                                station: part.station, offset: part.offsets[event],
                                kind: fault.kind))
                    }
                }
            }
        }
        appends.removeAll(where: \.records.isEmpty)
        if !dead.records.isEmpty { appends.append(dead) }
        return Settlement(
            claim: claim, from: from,
            to: batch.position(after: ready.range.upperBound, from: from),
            appends: appends, journal: journal, counts: counts)
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

/// Makes the records that the events of one input station caused.
private struct PartSource {
    let origin: Origin
    var ids: EmissionIDSource
    let part: StoredEvents
    private var originIndexes: [UInt16?] = []

    init(origin: Origin, ids: EmissionIDSource, part: StoredEvents) {
        self.origin = origin
        self.ids = ids
        self.part = part
    }

    mutating func append(
        _ emissions: Range<Int>, of reply: RunReply, event: Int, settled: Int,
        to appends: inout [StationAppend]
    ) {
        let offset = part.offsets[event]
        part.records.withRecord(event) { input in
            withChain(of: input) { causation, correlation in
                for (index, emission) in emissions.enumerated() {
                    reply.withEmission(emission) { output, record in
                        let originIndex = originIndex(in: &appends, output)
                        appends[output].records.appendEmission(
                            record, derivedID: ids.id(offset: offset, index: UInt32(index)),
                            offset: offset, emission: UInt16(index), originIndex: originIndex,
                            causation: causation, correlation: correlation)
                        appends[output].causes.append(settled)
                    }
                }
            }
        }
    }

    /// The origin's place in an output's table; looked up once for each output.
    private mutating func originIndex(in appends: inout [StationAppend], _ output: Int) -> UInt16 {
        if originIndexes.isEmpty {
            originIndexes = Array(repeating: nil, count: appends.count)
        }
        if let known = originIndexes[output] { return known }
        let index = appends[output].records.index(of: origin)
        originIndexes[output] = index
        return index
    }

    mutating func appendDeadLetter(
        _ fault: FunctionFault, event: Int, settled: Int, attempts: Int,
        to append: inout StationAppend
    ) {
        let offset = part.offsets[event]
        var letter = part.records.withRecord(event) { $0.event }
        letter.id = ids.id(offset: offset, index: UInt32(SettlementBuilder.deadLetterEmission))
        letter.headers = DeadLetterHeaders.headers(
            for: fault, attempts: attempts, original: letter.headers)
        let cause = part.records.withRecord(event) { input in
            withChain(of: input) { causation, correlation in
                Cause(
                    origin: origin, offset: offset,
                    emission: SettlementBuilder.deadLetterEmission, causationID: causation.id,
                    correlationID: correlation.id)
            }
        }
        append.records.append(
            letter, cause: cause, type: part.records.withRecord(event) { Array($0.typeField) })
        append.causes.append(settled)
    }

    /// Calls `body` with the causation and correlation that emissions of `input` carry.
    private func withChain<Result>(
        of input: EventRecord,
        _ body: (EventRecord.IDField, EventRecord.IDField) -> Result
    ) -> Result {
        let causation = EventRecord.IDField(
            bytes: input.idField, isDerived: input.flags.contains(.derivedID))
        guard let cause = input.origin else {
            return body(causation, Self.givenCorrelation(of: input))
        }
        if !cause.correlation.bytes.isEmpty { return body(causation, cause.correlation) }
        if !cause.causation.bytes.isEmpty { return body(causation, cause.causation) }
        let origin = part.records.origins[cause.originIndex]
        let first = positionalID(
            station: origin.station, partition: origin.partition, offset: cause.offset)
        return Array(first.utf8).withUnsafeBytes {
            body(causation, EventRecord.IDField(bytes: $0, isDerived: false))
        }
    }

    /// A producer may say with the header `correlationid` what its event belongs to.
    private static func givenCorrelation(of input: EventRecord) -> EventRecord.IDField {
        var given = UnsafeRawBufferPointer(start: nil, count: 0)
        input.forEachHeader { name, value in
            guard name.elementsEqual("correlationid".utf8), value.count <= Bounds.idBytes else {
                return true
            }
            given = value
            return false
        }
        return EventRecord.IDField(bytes: given, isDerived: false)
    }
}
