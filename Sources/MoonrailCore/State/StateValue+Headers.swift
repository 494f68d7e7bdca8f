/// What the event of a change tells of a value beside its JSON.
extension StateValue {
    /// Its version and its timers: a JSON array with a pair for each, microseconds and name.
    var headers: [Event.Header] { Self.headers(version: version, timers: timers) }

    static func headers(version: UInt32, timers: [StateTimer]) -> [Event.Header] {
        let version = Event.Header(versionHeader, String(version))
        if timers.isEmpty { return [version] }
        let pairs = timers.map { timer in
            JSONValue.array([
                .integer(timer.time.microseconds),
                .string(String(decoding: timer.name, as: UTF8.self)),
            ])
        }
        // Texts and whole numbers can always be written.
        let text = (try? JSONValue.array(pairs).encoded()) ?? []
        return [version, .init(timersHeader, String(decoding: text, as: UTF8.self))]
    }

    /// The value that the event of a change tells of.
    ///
    /// - Returns: nil when the key has neither state nor timers from then on.
    package init?(changeEvent event: Event) {
        func header(_ name: String) -> String? {
            event.headers.first { $0.name == name }?.value
        }
        guard let version = header(Self.versionHeader).flatMap({ UInt32($0) }) else { return nil }
        let timers = Self.timers(header(Self.timersHeader))
        let isState = event.payload != Array("null".utf8)
        guard isState || !timers.isEmpty else { return nil }
        self.init(json: isState ? event.payload : [], version: version, timers: timers)
    }

    private static func timers(_ text: String?) -> [StateTimer] {
        guard let text, case .array(let pairs)? = try? JSONValue(parsing: Array(text.utf8)) else {
            return []
        }
        return pairs.prefix(StateTimer.perKey).compactMap { pair in
            guard case .array(let pair) = pair, pair.count == 2, case .integer(let time) = pair[0],
                case .string(let name) = pair[1],
                (1...StateTimer.nameBytes).contains(name.utf8.count)
            else { return nil }
            return StateTimer(time: EventTime(microseconds: time), name: Array(name.utf8))
        }
    }
}
