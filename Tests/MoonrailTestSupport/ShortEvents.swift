import MoonrailCore

extension Event {
    /// An event whose payload is `text`.
    package init(
        _ text: String, id: String? = nil, key: String? = nil, type: String? = nil
    ) {
        self.init(
            id: id.map { .text($0) }, key: key.map { Array($0.utf8) },
            time: EventTime(microseconds: 0), type: type, payload: Array(text.utf8), isJSON: false)
    }
}

extension EventRecords {
    package init(_ events: some Sequence<Event>) {
        self.init()
        for event in events { append(event) }
    }

    /// All events as values.
    package var events: [Event] { (0..<count).map { withRecord($0) { $0.event } } }

    /// The payloads of all events as text.
    package var texts: [String] {
        (0..<count).map { withRecord($0) { String(decoding: $0.payload, as: UTF8.self) } }
    }

    package var ids: [EventID?] { (0..<count).map { withRecord($0) { $0.id } } }
}

extension StoredEvents {
    package var texts: [String] { records.texts }

    /// What caused each event.
    package var causes: [Cause?] { (0..<count).map { cause($0) } }
}
