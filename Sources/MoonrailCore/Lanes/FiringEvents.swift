/// Turns the timers of one run that fired into what they emitted and into dead letters, while the
/// run is settled: event by event, in order.
struct FiringEvents {
    private let firings: [RunReply.Firing]
    private var next = 0

    /// - Parameter reply: whose first event is the first to be settled; nil when none ran.
    init(_ reply: RunReply?) {
        firings = reply?.firings ?? []
    }

    /// Takes what fired after the `settled`th event of the run.
    ///
    /// - Parameter counts: whether the event moved time; nothing fired otherwise.
    mutating func take(settled: Int, counts: Bool) -> ArraySlice<RunReply.Firing> {
        let first = next
        while next < firings.count, firings[next].event <= settled { next += 1 }
        return counts ? firings[first..<next].drop { $0.event < settled } : []
    }

    /// The dead letter of a timer whose firing failed: its payload tells which it was, with its
    /// time in milliseconds, as the script sees it.
    static func letter(
        of timer: KeyedTimer, _ fault: FunctionFault,
        _ circumstances: DeadLetterHeaders.Circumstances
    ) -> Event {
        var letter = event(of: timer)
        let name = String(decoding: timer.timer.name, as: UTF8.self)
        letter.headers = DeadLetterHeaders.headers(for: fault, of: name, circumstances)
        return letter
    }

    /// What stands in a dead letter for a timer that failed.
    static func event(of timer: KeyedTimer) -> Event {
        let name = String(decoding: timer.timer.name, as: UTF8.self)
        let payload: [String: JSONValue] = [
            "key": .string(String(decoding: timer.key, as: UTF8.self)),
            "name": .string(name),
            "time": .integer(timer.timer.time.microseconds / 1_000),
        ]
        return Event(
            key: timer.key, time: timer.timer.time, type: "moonrail.timer",
            payload: (try? JSONValue.object(payload).encoded()) ?? [])
    }
}
