/// A dead letter as read from its station: the event that failed, and why.
package struct DeadLetter: Hashable, Sendable {
    /// Its own id, by which commands name it.
    package let id: EventID
    /// Where it is in `dead.<function>`.
    package let storedPartition: UInt32
    package let storedOffset: UInt64
    /// Whose letter it is; one that was renamed since has another name in the letter's cause.
    package var function: FunctionName
    /// The version that failed.
    package let version: FunctionVersion
    /// Number of the lane's replay at the time.
    package let generation: UInt32
    /// Where the event was read, and in which partition.
    package let place: InputPlace
    package let partition: UInt32
    /// The event as the function saw it.
    package let event: Event
    /// Its type's bytes, which need not be UTF-8.
    package let type: [UInt8]
    /// Id of the event that started its chain; nil when that is the event itself.
    package let correlationID: EventID?
    /// Functions that the chain of its causes went through.
    package let hops: UInt16
    /// A `FunctionFault.Kind`'s name, or `DeadLetterHeaders.parkedBehind`.
    package let reason: String
    package let message: String
    package let traceback: String
    package let attempts: Int
    /// `context.inputs` as JSON; nil where there was no room for it.
    package let inputs: String?
    /// When it was written, RFC 3339.
    package let time: String
    /// The position of the failed event that it waits behind; nil when it failed itself.
    package let behind: String?
    /// The name of the timer that failed, and whose firing the event tells of; nil where an event
    /// did.
    package let timer: String?

    /// The letter that is event number `index`; nil when that is none, as anybody may append to a
    /// station.
    package init?(_ events: StoredEvents, _ index: Int) {
        guard let cause = events.cause(index),
            cause.emission == SettlementBuilder.deadLetterEmission
        else { return nil }
        var event = events.records.withRecord(index) { $0.event }
        let told = Dictionary(
            event.headers.filter { DeadLetterHeaders.names.contains($0.name) }
                .map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        guard let id = event.id, let reason = told[DeadLetterHeaders.reason] else { return nil }
        self.id = id
        self.reason = reason
        storedPartition = events.partition
        storedOffset = events.offsets[index]
        function = cause.origin.function
        version = cause.origin.version
        generation = cause.origin.generation
        place = InputPlace(station: cause.origin.station, offset: cause.offset)
        partition = cause.origin.partition
        correlationID = cause.correlationID
        hops = cause.hops - min(cause.hops, 1)
        message = told[DeadLetterHeaders.message] ?? ""
        traceback = told[DeadLetterHeaders.traceback] ?? ""
        attempts = told[DeadLetterHeaders.attempts].flatMap { Int($0) } ?? 0
        inputs = told[DeadLetterHeaders.inputs]
        time = told[DeadLetterHeaders.time] ?? ""
        behind = told[DeadLetterHeaders.behind]
        timer = told[DeadLetterHeaders.timer]
        event.id = cause.causationID
        event.headers.removeAll { DeadLetterHeaders.names.contains($0.name) }
        type = events.records.withRecord(index) { Array($0.typeField) }
        self.event = event
    }

    /// The position of its event: `station/partition/offset`.
    package var position: String {
        positionalID(station: place.station, partition: partition, offset: place.offset)
    }

    /// Appends the event as its station held it, as far as a function and what it causes can tell.
    func appendEvent(to records: inout EventRecords) {
        guard let correlationID else { return records.append(event, type: type) }
        records.append(
            event,
            cause: Cause(
                origin: origin, offset: place.offset, emission: 0, causationID: correlationID,
                correlationID: correlationID, hops: hops),
            type: type)
    }

    /// What its emissions have as their origin when `version` of the function makes them.
    func origin(version: FunctionVersion) -> Origin {
        Origin(
            function: function.original, version: version, generation: generation,
            station: place.station,
            partition: partition)
    }

    private var origin: Origin { origin(version: version) }
}

/// Dead letters whose events run again, in order.
package struct LetterBatch: Sendable {
    package let letters: [DeadLetter]
    /// Their events, one for each letter.
    package let batch: LaneBatch

    package init(_ letters: [DeadLetter]) {
        self.letters = letters
        var parts: [StoredEvents] = []
        for (number, letter) in letters.enumerated() {
            // A part has one station; its ids are derived for one generation.
            if number == 0 || letters[number - 1].place.station != letter.place.station
                || letters[number - 1].generation != letter.generation
            {
                parts.append(
                    StoredEvents(station: letter.place.station, partition: letter.partition))
            }
            letter.appendEvent(to: &parts[parts.count - 1].records)
            parts[parts.count - 1].offsets.append(letter.place.offset)
        }
        batch = LaneBatch(parts)
    }
}
