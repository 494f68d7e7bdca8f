/// Turns the state changes of one run into events of the function's state station and into the
/// values that its keys have from then on, while the run is settled.
struct StateEvents {
    private let changes: [StateChange]
    private let firings: [RunReply.Firing]
    private let version: FunctionVersion
    private var next = 0
    private(set) var append: StationAppend
    private var latest: [[UInt8]: StateValue?] = [:]
    private var order: [[UInt8]] = []
    /// Whether a timer waits from now on, by its key in the index.
    private var timers: [[UInt8]: Bool] = [:]
    private var timerOrder: [[UInt8]] = []
    /// Keys that came to have state, less those that lost it.
    private(set) var keysGained: Int64 = 0

    /// - Parameter reply: whose first event is the first to be settled; nil when none ran.
    init(_ reply: RunReply?, of function: FunctionName, _ version: FunctionVersion) {
        changes = reply?.stateChanges ?? []
        firings = reply?.firings ?? []
        self.version = version
        append = StationAppend(station: .stateChanges(of: function))
    }

    var isEmpty: Bool { next == changes.count }

    /// Takes what event number `event` of `part`, the `settled`th of the run, changed.
    ///
    /// - Parameter outcome: of the event. Only one that ended well changes state itself; timers
    ///   that fire after it have done so in any case.
    mutating func take(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int,
        _ outcome: Outcome
    ) {
        while next < changes.count, changes[next].event <= settled {
            let change = changes[next]
            next += 1
            let counts = change.firing == nil ? outcome.isDone : outcome.movesTime
            guard change.event == settled, counts else { continue }
            keysGained += (change.value == nil ? 0 : 1) - (change.hadValue ? 1 : 0)
            if latest.updateValue(change.value, forKey: change.key) == nil {
                order.append(change.key)
            }
            noteTimers(of: change)
            let timer = change.firing.map { firings[$0].timer }
            let time = timer?.timer.time ?? part.records.withRecord(event, \.time)
            source.append(
                Self.event(change.key, change.value, at: time),
                emission: UInt32(StateValue.emission), timer: timer,
                noted: StateValue.emission, causedBy: event, of: part, settled: settled, to: &append
            )
        }
    }

    private mutating func noteTimers(of change: StateChange) {
        let now = change.value?.timers ?? []
        if now == change.timersBefore { return }
        for timer in change.timersBefore where !now.contains(timer) {
            note(timer, of: change.key, waits: false)
        }
        for timer in now where !change.timersBefore.contains(timer) {
            note(timer, of: change.key, waits: true)
        }
    }

    private mutating func note(_ timer: StateTimer, of key: [UInt8], waits: Bool) {
        let indexKey = timer.indexKey(of: key)
        if timers.updateValue(waits, forKey: indexKey) == nil { timerOrder.append(indexKey) }
    }

    /// What the keys have from now on, and which timers wait.
    var values: [LaneValueChange] {
        order.map {
            LaneValueChange(space: .state, key: $0, value: latest[$0]??.encoded)
        }
            + timerOrder.map {
                LaneValueChange(space: .timers, key: $0, value: timers[$0] == true ? [1] : nil)
            }
    }

    /// The event that tells of a change: the new value, or null where there is none.
    static func event(_ key: [UInt8], _ value: StateValue?, at time: EventTime) -> Event {
        let json = value?.json ?? []
        return Event(
            key: key, time: time, type: "moonrail.state", headers: value?.headers ?? [],
            payload: json.isEmpty ? Array("null".utf8) : Array(json))
    }
}
