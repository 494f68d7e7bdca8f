/// What a run leaves besides its outputs: what its events logged, and what they changed of the
/// function's state.
struct RunRecords {
    private var logs: LogEvents
    private(set) var state: StateEvents

    /// - Parameters:
    ///   - reply: whose first event is the first to be settled; nil when none ran.
    ///   - time: the machine's.
    ///   - isTick: whether only timers fired, after an event of an earlier run.
    init(
        _ reply: RunReply?, of function: FunctionName, at time: EventTime, isTick: Bool = false
    ) {
        logs = LogEvents(
            reply, at: time, firstFired: isTick ? reply?.firings.first?.timer : nil)
        state = StateEvents(reply, of: function)
    }

    /// Takes what event number `event` of `part`, the `settled`th of the run, left.
    ///
    /// - Parameter outcome: of the event; what did not end well changes no state.
    @inline(__always)
    mutating func take(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int,
        _ outcome: Outcome
    ) {
        if !logs.isEmpty { logs.take(&source, event: event, of: part, settled: settled) }
        if !state.isEmpty {
            state.take(&source, event: event, of: part, settled: settled, outcome)
        }
    }

    var appends: [StationAppend] { [logs.append, state.append] }
}
