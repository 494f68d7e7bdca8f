/// Turns the state changes of one run into events of the function's state station and into the
/// values that its keys have from then on, while the run is settled.
struct StateEvents {
    private let reply: RunReply?
    private let marks: [StateMark]
    private var next = 0
    private(set) var append: StationAppend
    /// What the keys have from now on.
    private(set) var values = LaneValueRecords()
    private var draft = RecordDraft()
    /// The headers of values of one version without timers.
    private var plainHeaders: (version: UInt32, block: [UInt8])?
    /// Whether a timer waits from now on, by its key in the index.
    private var timers: [[UInt8]: Bool] = [:]
    private var timerOrder: [[UInt8]] = []
    /// Keys that came to have state, less those that lost it.
    private(set) var keysGained: Int64 = 0

    /// - Parameter reply: whose first event is the first to be settled; nil when none ran.
    init(_ reply: RunReply?, of function: FunctionName) {
        self.reply = reply
        marks = reply?.stateMarks ?? []
        append = StationAppend(station: .stateChanges(of: function))
    }

    var isEmpty: Bool { next == marks.count }

    /// Takes what event number `event` of `part`, the `settled`th of the run, changed.
    ///
    /// - Parameter outcome: of the event. Only one that ended well changes state itself; timers
    ///   that fire after it have done so in any case.
    mutating func take(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int,
        _ outcome: Outcome
    ) {
        while next < marks.count, marks[next].event <= settled {
            let mark = marks[next]
            next += 1
            let counts = mark.firing == nil ? outcome.isDone : outcome.movesTime
            guard mark.event == settled, counts, let reply else { continue }
            let timer = mark.firing.map { reply.firings[$0].timer }
            let time = timer?.timer.time ?? part.records.withRecord(event, \.time)
            reply.bytes.withUnsafeBytes { bytes in
                take(mark, key: bytes.part(mark.key), value: bytes.part(mark.value), at: time)
            }
            source.append(
                draft: draft, emission: StateValue.emission, timer: timer, causedBy: event,
                of: part, settled: settled, to: &append)
        }
    }

    /// Takes note of a change, and drafts its event.
    ///
    /// - Parameter value: empty: the key has none from now on.
    private mutating func take(
        _ mark: StateMark, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        at time: EventTime
    ) {
        keysGained += mark.keysGained
        values.append(.state, key: key, value: value.isEmpty ? nil : value)
        if let value = StateValue.Plain(value) {
            noteTimers(of: key, before: mark.timersBefore, now: [])
            if plainHeaders?.version != value.version {
                let headers = StateValue.headers(version: value.version, timers: [])
                plainHeaders = (value.version, EventRecords.headersBlock(headers))
            }
            draft.write(
                key: key, time: time, type: Self.type, headers: plainHeaders?.block ?? [],
                payload: value.json)
        } else {
            let value = StateValue(encoded: Array(value))
            noteTimers(of: key, before: mark.timersBefore, now: value?.timers ?? [])
            Self.payload(of: value).withUnsafeBytes { payload in
                draft.write(
                    key: key, time: time, type: Self.type,
                    headers: EventRecords.headersBlock(value?.headers ?? []), payload: payload)
            }
        }
    }

    private mutating func noteTimers(
        of key: UnsafeRawBufferPointer, before: [StateTimer], now: [StateTimer]
    ) {
        if now == before { return }
        let key = Array(key)
        for timer in before where !now.contains(timer) { note(timer, of: key, waits: false) }
        for timer in now where !before.contains(timer) { note(timer, of: key, waits: true) }
    }

    private mutating func note(_ timer: StateTimer, of key: [UInt8], waits: Bool) {
        let indexKey = timer.indexKey(of: key)
        if timers.updateValue(waits, forKey: indexKey) == nil { timerOrder.append(indexKey) }
    }

    /// Which timers wait from now on.
    var timerChanges: [LaneValueChange] {
        timerOrder.map {
            LaneValueChange(space: .timers, key: $0, value: timers[$0] == true ? [1] : nil)
        }
    }

    private static let type: StaticString = "moonrail.state"

    /// The event that tells of a change: the new value, or null where there is none.
    static func event(_ key: [UInt8], _ value: StateValue?, at time: EventTime) -> Event {
        Event(
            key: key, time: time, type: "\(type)", headers: value?.headers ?? [],
            payload: payload(of: value))
    }

    private static func payload(of value: StateValue?) -> [UInt8] {
        let json = value?.json ?? []
        return json.isEmpty ? Array("null".utf8) : Array(json)
    }
}
