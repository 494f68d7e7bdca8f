/// Makes the records that the events of one input station caused.
struct PartSource {
    let origin: Origin
    private var ids: EmissionIDSource
    private var originIndexes: [UInt16?] = []
    /// The origin's place in the table of what `append(draft:)` appends to.
    private var draftOriginIndex: UInt16?

    init(origin: Origin, ids: EmissionIDSource) {
        self.origin = origin
        self.ids = ids
    }

    /// Appends what event number `event` of `part` emitted: all of it, or emissions from number
    /// `first` on.
    ///
    /// The part is not kept in this value: reading from it while the value changes would copy the
    /// value for each event.
    ///
    /// - Parameter timer: that emitted it instead, when it fired after the event.
    mutating func append(
        _ emissions: Range<Int>, from first: Int = 0, of reply: RunReply, event: Int,
        timer: KeyedTimer? = nil,
        of part: StoredEvents, settled: Int, to appends: inout [StationAppend]
    ) {
        let offset = part.offsets[event]
        part.records.withRecord(event) { input in
            let hops = input.nextHops
            Self.withChain(of: input, part.records.origins) { causation, correlation in
                for (number, emission) in emissions.enumerated() {
                    let index = first + number
                    reply.withEmission(emission) { output, record in
                        let originIndex = originIndex(in: &appends, output)
                        appends[output].records.appendEmission(
                            record, derivedID: derivedID(offset, timer, UInt32(index)),
                            offset: offset, emission: UInt16(index), originIndex: originIndex,
                            hops: hops, causation: causation, correlation: correlation)
                        appends[output].causes.append(settled)
                    }
                }
            }
        }
    }

    /// Appends a record that was made because of event number `cause` of `part`.
    ///
    /// - Parameters:
    ///   - timer: what its id is derived from besides: the timer that fired after the event.
    ///   - emission: the emission's number in its id and in the event's cause.
    ///   - append: the same in all calls.
    mutating func append(
        draft: RecordDraft, emission: UInt16, timer: KeyedTimer?, causedBy cause: Int,
        of part: StoredEvents, settled: Int, to append: inout StationAppend
    ) {
        let offset = part.offsets[cause]
        let originIndex = draftOriginIndex ?? append.records.index(of: origin)
        draftOriginIndex = originIndex
        let id = derivedID(offset, timer, UInt32(emission))
        part.records.withRecord(cause) { input in
            Self.withChain(of: input, part.records.origins) { causation, correlation in
                draft.withRecord { record in
                    append.records.appendEmission(
                        record, derivedID: id, offset: offset, emission: emission,
                        originIndex: originIndex, hops: input.nextHops, causation: causation,
                        correlation: correlation)
                }
            }
        }
        append.causes.append(settled)
    }

    @inline(__always)
    private mutating func derivedID(
        _ offset: UInt64, _ timer: KeyedTimer?, _ index: UInt32
    ) -> DerivedID {
        guard let timer else { return ids.derivedID(offset: offset, index: index) }
        return ids.derivedID(offset: offset, timer: timer, index: index)
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

    /// Appends the event as a dead letter with the headers that `headers` makes of its own.
    mutating func appendLetter(
        event: Int, of part: StoredEvents, settled: Int, to append: inout StationAppend,
        headers: ([Event.Header]) -> [Event.Header]
    ) {
        let emission = SettlementBuilder.deadLetterEmission
        var (letter, type) = part.records.withRecord(event) { ($0.event, Array($0.typeField)) }
        letter.headers = headers(letter.headers)
        self.append(
            letter, type: type, emission: UInt32(emission), noted: emission, causedBy: event,
            of: part, settled: settled, to: &append)
    }

    /// Appends an event that was made, not emitted, because of event number `cause` of `part`.
    ///
    /// - Parameters:
    ///   - type: as it is to be stored; nil: as the event says.
    ///   - emission: what its id is derived from.
    ///   - timer: what its id is derived from besides: the timer that fired after the event.
    ///   - noted: the emission's number in the event's cause.
    mutating func append(
        _ made: Event, type: [UInt8]? = nil, emission: UInt32, timer: KeyedTimer? = nil,
        noted: UInt16, causedBy cause: Int, of part: StoredEvents, settled: Int,
        to append: inout StationAppend
    ) {
        let offset = part.offsets[cause]
        var made = made
        made.id = derivedID(offset, timer, emission).id
        let cause = part.records.withRecord(cause) { input in
            Self.withChain(of: input, part.records.origins) { causation, correlation in
                Cause(
                    origin: origin, offset: offset, emission: noted, causationID: causation.id,
                    correlationID: correlation.id, hops: input.nextHops)
            }
        }
        append.records.append(made, cause: cause, type: type)
        append.causes.append(settled)
    }

    /// Calls `body` with the causation and correlation that emissions of `input` carry.
    ///
    /// - Parameter origins: the table that the input's origin index points into.
    @inline(__always)
    private static func withChain<Result>(
        of input: EventRecord, _ origins: [Origin],
        _ body: (EventRecord.IDField, EventRecord.IDField) -> Result
    ) -> Result {
        let causation = EventRecord.IDField(
            bytes: input.idField, isDerived: input.flags.contains(.derivedID))
        guard let cause = input.origin else {
            return body(causation, givenCorrelation(of: input))
        }
        if !cause.correlation.bytes.isEmpty { return body(causation, cause.correlation) }
        if !cause.causation.bytes.isEmpty { return body(causation, cause.causation) }
        let origin = origins[cause.originIndex]
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

extension EventRecord {
    /// What the events that this one causes have as their `hops`.
    var nextHops: UInt16 { hops == .max ? .max : hops + 1 }
}
