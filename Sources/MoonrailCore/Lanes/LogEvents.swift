/// Turns the lines of one run into events of `moonrail.logs`, while the run is settled: event by
/// event, in order.
struct LogEvents {
    private let lines: [RunReply.LogLine]
    private let time: EventTime
    /// What tells the lines of a tick from those of the event after which it comes.
    private let firstFired: KeyedTimer?
    private var next = 0
    private(set) var append = StationAppend(station: .logs)

    /// Emission index of a log line in causes; in ids the lines of an event follow each other from
    /// `firstID` on. Both are beyond any that a script reaches.
    static let emission = UInt16.max - 1
    private static let firstID: UInt32 = 1 << 16

    /// - Parameters:
    ///   - reply: whose first event is the first to be settled; nil when none ran.
    ///   - time: the machine's.
    ///   - firstFired: of a tick, the first timer that fired.
    init(_ reply: RunReply?, at time: EventTime, firstFired: KeyedTimer? = nil) {
        lines = reply?.logs ?? []
        self.time = time
        self.firstFired = firstFired
    }

    var isEmpty: Bool { next == lines.count }

    /// Appends what event number `event` of `part`, the `settled`th of the run, logged.
    ///
    /// What a reader of `moonrail.logs` logs itself is left out: it would read it again, for ever.
    mutating func take(
        _ source: inout PartSource, event: Int, of part: StoredEvents, settled: Int
    ) {
        var number = Self.firstID
        while next < lines.count, lines[next].event <= settled {
            let line = lines[next]
            next += 1
            guard line.event == settled, part.station != .logs else { continue }
            let trace = part.records.withRecord(event) { $0.traceParent }
            source.append(
                Self.event(line, source.origin, part.offsets[event], trace, at: time),
                emission: number,
                timer: firstFired, noted: Self.emission, causedBy: event, of: part,
                settled: settled, to: &append)
            number += 1
        }
    }

    /// The event that holds a line; its payload says where the line is from.
    private static func event(
        _ line: RunReply.LogLine, _ origin: Origin, _ offset: UInt64, _ trace: TraceParent?,
        at time: EventTime
    ) -> Event {
        var head: [String: JSONValue] = [
            "function": .string(origin.function.text),
            "level": .string("\(line.level)"),
            "message": .string(line.text),
            "offset": .integer(Int64(clamping: offset)),
            "partition": .integer(Int64(origin.partition)),
            "station": .string(origin.station.text),
            "version": .string(origin.version.text),
        ]
        if let trace { head[TraceParent.headerName] = .string(trace.text) }
        // Texts and whole numbers can always be written.
        var payload = (try? JSONValue.object(head).encoded()) ?? []
        if !line.fields.isEmpty {
            payload.removeLast()
            payload += #","fields":"#.utf8
            payload += line.fields.utf8
            payload.append(UInt8(ascii: "}"))
        }
        return Event(
            key: Array(origin.function.text.utf8), time: time,
            type: "moonrail.log.\(line.level)", payload: payload)
    }
}
