import Glibc
import MoonrailCore

/// Turns a body of one JSON document a line into slices of event records, and keeps account of
/// what became of each line. No I/O.
package struct EventIntake: ~Copyable {
    /// Where in a document its key, id and time stand, and what is too large.
    package struct Rules: Sendable {
        /// Field path; nil when events have no key.
        package var keyPath: String?
        /// Field path; nil when events have no id.
        package var idPath: String?
        /// Field path; nil when events happened as they came.
        package var timePath: String?
        /// Largest payload in bytes.
        package var eventBytes: Int
        /// The trace that the events are produced in; nil when nobody says.
        package var trace: TraceParent?

        package init(
            keyPath: String? = nil, idPath: String? = nil, timePath: String? = nil, eventBytes: Int,
            trace: TraceParent? = nil
        ) {
            self.keyPath = keyPath
            self.idPath = idPath
            self.timePath = timePath
            self.eventBytes = eventBytes
            self.trace = trace
        }
    }

    /// Events to append, in the order of their lines.
    package struct Slice: Sendable {
        package var records = EventRecords()
        /// The line that each record came from.
        package var lines: [Int] = []
    }

    private let rules: Rules
    private let keyPath: [UInt8]?
    private let idPath: [UInt8]?
    private let timePath: [UInt8]?
    private let time: EventTime
    private let document: LineDocument
    private var line = 0
    private var key: [UInt8] = []
    private var id: [UInt8] = []
    private var timeText: [UInt8] = []
    package private(set) var answer = ProduceAnswer()

    /// - Parameter time: what events get as their time, unless the rules say where they have one.
    /// - Throws: `unavailable` when memory is short.
    package init(rules: Rules, time: EventTime) throws(EngineError) {
        self.rules = rules
        keyPath = rules.keyPath.map { Array($0.utf8) }
        idPath = rules.idPath.map { Array($0.utf8) }
        timePath = rules.timePath.map { Array($0.utf8) }
        self.time = time
        document = try LineDocument()
    }

    /// The events of the body's next lines, about `IntakeBounds.sliceBytes` of them; nil when none
    /// of its lines is left.
    ///
    /// - Parameter body: the same one each time; others may have come to its end.
    package mutating func nextSlice(of body: inout IntakeBody) -> Slice? {
        var slice = Slice()
        slice.records.reserve(
            events: 1_024, bytes: min(IntakeBounds.sliceBytes, body.count * 2))
        body.take { lines, at in
            while at < lines.count, slice.records.bytes.count < IntakeBounds.sliceBytes {
                line += 1
                let text = Self.line(of: lines.part(at, lines.count - at), consumed: &at)
                if text.allSatisfy(Self.isBlank) { continue }
                if let reason = take(text, into: &slice) {
                    answer.refuse(line: line, reason: reason)
                }
            }
        }
        return slice.records.isEmpty ? nil : slice
    }

    /// Takes note of what the engine answered for a slice's events.
    package mutating func note(_ receipts: [AppendReceipt], of slice: Slice) {
        for (index, receipt) in receipts.enumerated() {
            switch receipt {
            case .stored: answer.accepted += 1
            case .duplicate: answer.duplicates += 1
            case .conflict(let partition, let offset):
                let id = slice.records.withRecord(index) { $0.id }?.description ?? ""
                answer.refuse(
                    line: slice.lines[index],
                    reason: "id '\(id)' is known with another payload at partition \(partition) "
                        + "offset \(offset)")
            case .unexpected(let partition, let actual):
                answer.refuse(
                    line: slice.lines[index],
                    reason: "the last offset in partition \(partition) is "
                        + "\(actual.map(String.init) ?? "none")")
            case .tooLarge(let limit):
                let bytes = slice.records.withRecord(index) { $0.payload.count }
                answer.refuse(
                    line: slice.lines[index], reason: Self.tooLarge(bytes, limit: limit))
            }
        }
        // Lines refused before the append, be it by a later slice, come to stand in their order.
        answer.refusals.sort { $0.line < $1.line }
    }

    /// The first line without its end; `consumed` grows by the line and its end.
    private static func line(
        of rest: UnsafeRawBufferPointer, consumed: inout Int
    ) -> UnsafeRawBufferPointer {
        var length = rest.count
        if let start = rest.baseAddress, let end = memchr(start, 0x0A, rest.count) {
            length = UnsafeRawPointer(end) - start
        }
        consumed += min(length + 1, rest.count)
        if length > 0, rest[length - 1] == 0x0D { length -= 1 }
        return rest.part(0, length)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    /// - Returns: why the event was refused, nil when it is in the slice.
    private mutating func take(
        _ payload: UnsafeRawBufferPointer, into slice: inout Slice
    ) -> String? {
        guard payload.count <= rules.eventBytes else {
            return Self.tooLarge(payload.count, limit: rules.eventBytes)
        }
        do {
            try document.check(payload)
        } catch {
            return error.reason
        }
        var hasKey = false
        if let path = keyPath, let name = rules.keyPath {
            switch document.text(at: path, into: &key) {
            case .text: hasKey = true
            case .missing: break
            case .notScalar(let kind): return "the key at '\(name)' is \(kind), not a scalar"
            }
            if hasKey, key.count > Bounds.keyBytes {
                return "its key has \(key.count) bytes; \(Bounds.keyBytes) at most"
            }
        }
        id.removeAll(keepingCapacity: true)
        if let path = idPath, let name = rules.idPath {
            switch document.text(at: path, into: &id) {
            case .text: break
            case .missing: return "no value at '\(name)'"
            case .notScalar(let kind): return "the id at '\(name)' is \(kind), not a scalar"
            }
            guard (1...Bounds.idBytes).contains(id.count) else {
                return "its id has \(id.count) bytes; 1 to \(Bounds.idBytes) are allowed"
            }
        }
        var time = time
        if let path = timePath, let name = rules.timePath {
            switch document.text(at: path, into: &timeText) {
            case .text: break
            case .missing: return "no value at '\(name)'"
            case .notScalar(let kind): return "the time at '\(name)' is \(kind), not a scalar"
            }
            guard let given = Self.time(timeText) else {
                return "the time at '\(name)' must be RFC 3339, such as 2026-01-31T08:00:00Z, or "
                    + "whole milliseconds since 1970"
            }
            time = given
        }
        let eventKey = hasKey ? key : nil
        if let trace = rules.trace {
            slice.records.append(
                Event(
                    id: id.isEmpty ? nil : .text(String(decoding: id, as: UTF8.self)),
                    key: eventKey,
                    time: time,
                    headers: [Event.Header(TraceParent.headerName, trace.text)],
                    payload: Array(payload)))
        } else {
            slice.records.append(id: id, key: eventKey, time: time, payload: payload)
        }
        slice.lines.append(line)
        return nil
    }

    private static func time(_ bytes: [UInt8]) -> EventTime? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let milliseconds = Int64(text) else { return EventTime(text) }
        let (microseconds, isTooFar) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return isTooFar ? nil : EventTime(microseconds: microseconds)
    }

    private static func tooLarge(_ bytes: Int, limit: Int) -> String {
        "\(bytes) bytes are too many for an event; \(limit) at most"
    }
}
