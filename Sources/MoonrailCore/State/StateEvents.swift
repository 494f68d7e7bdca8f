/// Turns the state changes of one run into events of the function's state station and into the
/// values that its keys have from then on, while the run is settled.
struct StateEvents {
    private let changes: [StateChange]
    private let version: FunctionVersion
    private var next = 0
    private(set) var append: StationAppend
    private var latest: [[UInt8]: StateValue?] = [:]
    private var order: [[UInt8]] = []
    /// Keys that came to have state, less those that lost it.
    private(set) var keysGained: Int64 = 0

    /// - Parameter reply: whose first event is the first to be settled; nil when none ran.
    init(_ reply: RunReply?, of function: FunctionName, _ version: FunctionVersion) {
        changes = reply?.stateChanges ?? []
        self.version = version
        append = StationAppend(station: .stateChanges(of: function))
    }

    var isEmpty: Bool { next == changes.count }

    /// Takes what event number `event` of `part`, the `settled`th of the run, changed.
    ///
    /// - Parameter counts: whether the event ended well; nothing else changes state.
    mutating func take(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int, counts: Bool
    ) {
        while next < changes.count, changes[next].event <= settled {
            let change = changes[next]
            next += 1
            guard change.event == settled, counts else { continue }
            keysGained += (change.value == nil ? 0 : 1) - (change.hadValue ? 1 : 0)
            if latest.updateValue(change.value, forKey: change.key) == nil {
                order.append(change.key)
            }
            let time = part.records.withRecord(event, \.time)
            source.append(
                Self.event(change.key, change.value, at: time),
                emission: UInt32(StateValue.emission),
                noted: StateValue.emission, causedBy: event, of: part, settled: settled, to: &append
            )
        }
    }

    /// What the keys have from now on.
    var values: [LaneValueChange] {
        order.map {
            LaneValueChange(space: .state, key: $0, value: latest[$0]??.encoded)
        }
    }

    /// The event that tells of a change: the new value, or null where there is none.
    static func event(_ key: [UInt8], _ value: StateValue?, at time: EventTime) -> Event {
        Event(
            key: key, time: time, type: "moonrail.state",
            headers: value.map { [.init(StateValue.versionHeader, String($0.version))] } ?? [],
            payload: value.map { Array($0.json) } ?? Array("null".utf8))
    }
}
