import MoonrailCore

/// Events whose times a test says.
struct TimedEvent {
    /// Milliseconds since 1970, as scripts see them.
    var time: Int
    var key: String?
    var payload: String

    init(_ time: Int, key: String? = nil, _ payload: String) {
        self.time = time
        self.key = key
        self.payload = payload
    }
}

extension TestLine {
    /// Appends the events in this order.
    func produce(_ station: String, timed events: [TimedEvent]) async throws {
        let name = try StationName(station)
        try await engine.open(name, settings: nil)
        var append = StationAppend(station: name)
        for event in events {
            append.records.append(
                Event(
                    key: event.key.map { Array($0.utf8) },
                    time: EventTime(microseconds: Int64(event.time) * 1_000),
                    payload: Array(event.payload.utf8)))
        }
        _ = try await engine.append(append)
    }

    /// The timers that wait, by the index of the function's lane: `key name time`, in order.
    func timers(_ function: FunctionName) async throws -> [String] {
        let lane = LaneID(function: function, partition: 0)
        return try await engine.values(of: lane, in: .timers, after: nil, limit: 10_000).map {
            guard let timer = KeyedTimer(indexKey: $0.key) else { return "damaged" }
            let (key, name) = (timer.key, timer.timer.name)
            return String(decoding: key, as: UTF8.self) + " "
                + String(decoding: name, as: UTF8.self) + " "
                + "\(timer.timer.time.microseconds / 1_000)"
        }
    }
}
