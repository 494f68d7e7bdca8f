import MoonrailCore

/// One event as it is stored, with when it was appended and what caused it.
struct StoredEvent: Sendable {
    let place: StationCursor
    let id: String
    let event: Event
    let cause: Cause?
    let appended: EventTime?
    /// The letter that it is, if it is one.
    let letter: DeadLetter?

    init(_ events: StoredEvents, _ number: Int, appended: EventTime?) {
        place = StationCursor(
            station: events.station, partition: events.partition, offset: events.offsets[number])
        id = events.shownID(number)
        event = events.records.withRecord(number, \.event)
        cause = events.cause(number)
        letter = DeadLetter(events, number)
        self.appended = appended
    }

    /// Reads it; nil when none is held there.
    ///
    /// - Throws: `EngineError`.
    init?(at place: StationCursor, in engine: any StationEngine) async throws(EngineError) {
        let events = try await engine.read(place, bounds: ReadBounds(events: 1))
        guard events.offsets.first == place.offset else { return nil }
        self.init(events, 0, appended: try await engine.appendedAt(place))
    }

    /// Whether it tells what a reset gave back to a key: it names a place, but no event caused it.
    var isRestored: Bool { cause?.emission == StateValue.restoredEmission }

    /// Whether it can have caused `effect`, which names its place: another event has come there
    /// when the station was deleted and made anew.
    func isCause(of effect: StoredEvent) -> Bool {
        guard let cause = effect.cause, cause.causationID == event.id else { return false }
        guard let appended, let effected = effect.appended else { return true }
        // Clocks are set back, and each station goes on from its own latest time then.
        return event.id != nil || appended <= effected
    }

    /// - Parameter causeAppended: when its cause was appended.
    func traced(after causeAppended: EventTime?) -> TracedEvent {
        let kind: TracedEvent.Kind =
            switch cause?.emission {
            case nil: .produced
            case SettlementBuilder.deadLetterEmission: .letter
            case StateValue.emission: .state
            case StateValue.restoredEmission: .restored
            default: .emitted
            }
        return TracedEvent(
            place: place, kind: kind, id: id, key: event.key, type: event.type, time: event.time,
            appended: appended,
            maker: cause.map {
                TracedEvent.Maker(
                    function: $0.origin.function, version: $0.origin.version,
                    generation: $0.origin.generation)
            }, after: causeAppended.flatMap { appended?.since($0) })
    }
}

extension EventTime {
    /// The time from `other` until this one; negative when that is later.
    func since(_ other: EventTime) -> Duration {
        .microseconds(microseconds - other.microseconds)
    }
}
