import MoonrailCore

/// What is to become of a function's timers in one run.
struct FiringOrders: Sendable {
    /// So many fire after one event at most; 0: none, and time stays. Nil: as many as may.
    var most: Int?
    /// Nil: the events move time. Else the run's only event ran before, and the clock has moved
    /// time as far as an event of this time would.
    var tick: EventTime?
    /// Those that are not to be called.
    var stopped: [StoppedFiring] = []

    static let all = FiringOrders()
    static let none = FiringOrders(most: 0)

    /// The state of `source`, for a run to which these orders are given.
    func source(_ source: any StateSource) -> any StateSource {
        if most == nil, tick == nil, stopped.isEmpty { return source }
        return OrderedFirings(state: source, orders: self)
    }
}

/// The state of another source, for runs in which timers fire as they are ordered to.
private struct OrderedFirings: StateSource {
    let state: any StateSource
    let orders: FiringOrders

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        try await state.answers(to: keys)
    }

    func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers? {
        guard orders.most != 0,
            var due = try await state.dueTimers(latest: orders.tick ?? latest)
        else { return nil }
        if let most = orders.most { due.firings = min(due.firings, most) }
        if let tick = orders.tick {
            due.isTick = true
            due.watermark.advance(to: due.watermark.after(tick))
        }
        due.stopped = orders.stopped
        return due
    }
}
