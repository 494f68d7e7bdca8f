import Glibc
import MoonrailCore

/// Turns a body of one JSON document a line into slices of event records, and keeps account of
/// what became of each line. No I/O.
package struct EventIntake: ~Copyable {
    /// Where in a document its key, id and time stand, and what is too large.
    package struct Rules: Sendable {
        /// Field path; nil when events have no key, or all the same.
        package var keyPath: String?
        /// The key of all events; nil when they have none, or each its own.
        package var key: [UInt8]?
        /// Field path; nil when events have no id, or one that is made for them.
        package var idPath: String?
        /// What the ids of events begin with; a slash and the number of the line follow. Nil when
        /// they have none, or each its own.
        package var idPrefix: String?
        /// Field path; nil when events happened as they came.
        package var timePath: String?
        /// Largest payload in bytes.
        package var eventBytes: Int
        /// The trace that the events are produced in; nil when nobody says.
        package var trace: TraceParent?

        package init(
            keyPath: String? = nil, key: [UInt8]? = nil, idPath: String? = nil,
            idPrefix: String? = nil, timePath: String? = nil, eventBytes: Int,
            trace: TraceParent? = nil
        ) {
            self.keyPath = keyPath
            self.key = key
            self.idPath = idPath
            self.idPrefix = idPrefix
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
    /// Lines that were looked at.
    private(set) var line = 0
    private var key: [UInt8]
    private var id: [UInt8] = []
    private var timeText: [UInt8] = []
    package private(set) var answer = ProduceAnswer()
    /// The answer to each line; nil when only their sum is wanted.
    private(set) var lineAnswers: LineAnswers?
    /// Whether there are more lines than are answered one by one; they were not looked at.
    var isCutOff: Bool { lineAnswers != nil && line == IntakeBounds.answeredLines && isLineLeft }
    private var isLineLeft = false

    /// - Parameters:
    ///   - time: what events get as their time, unless the rules say where they have one.
    ///   - lineAnswers: takes the answer to each line, `IntakeBounds.answeredLines` at most; nil
    ///     when only their sum is wanted.
    /// - Throws: `unavailable` when memory is short.
    package init(
        rules: Rules, time: EventTime, lineAnswers: LineAnswers? = nil
    ) throws(EngineError) {
        self.rules = rules
        self.lineAnswers = lineAnswers
        keyPath = rules.keyPath.map { Array($0.utf8) }
        idPath = rules.idPath.map { Array($0.utf8) }
        timePath = rules.timePath.map { Array($0.utf8) }
        key = rules.key ?? []
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
                if lineAnswers != nil, line == IntakeBounds.answeredLines {
                    isLineLeft = true
                    break
                }
                line += 1
                let text = Self.line(of: lines.part(at, lines.count - at), consumed: &at)
                if text.allSatisfy(Self.isBlank) { continue }
                if let refusal = take(text, into: &slice) { refuse(refusal, line: line) }
            }
        }
        return slice.records.isEmpty ? nil : slice
    }

    /// The event of a body that is one document as a whole.
    ///
    /// - Throws: `EventRefusal`.
    package mutating func wholeDocument(
        of body: inout IntakeBody
    ) throws(EventRefusal) -> EventRecords {
        var slice = Slice()
        var refusal: EventRefusal?
        body.take { document, taken in
            taken = document.count
            refusal = take(document, into: &slice)
        }
        if let refusal { throw refusal }
        return slice.records
    }

    /// Whether there are lines whose answers are that they are stored.
    var hasAnswersToKeep: Bool {
        lineAnswers != nil && answer.accepted + answer.duplicates > 0
    }

    /// Neither this line nor any that follows was taken, or it is not known.
    mutating func end(line: Int, because problem: Problem) {
        lineAnswers?.refuse(line: line, because: problem)
    }

    private mutating func refuse(_ refusal: EventRefusal, line: Int) {
        answer.refuse(line: line, reason: refusal.reason)
        lineAnswers?.refuse(refusal, line: line)
    }

    /// Takes note of what the engine answered for a slice's events.
    package mutating func note(_ receipts: [AppendReceipt], of slice: Slice) {
        for (index, receipt) in receipts.enumerated() {
            switch receipt {
            case .stored(let partition, let offset):
                answer.accepted += 1
                note(slice, index, partition, offset, isDuplicate: false)
            case .duplicate(let partition, let offset):
                answer.duplicates += 1
                note(slice, index, partition, offset, isDuplicate: true)
            case .conflict, .unexpected, .tooLarge:
                guard let refusal = receipt.refusal(of: slice.records, index) else { continue }
                refuse(refusal, line: slice.lines[index])
            }
        }
        // Lines refused before the append, be it by a later slice, come to stand in their order.
        answer.refusals.sort { $0.line < $1.line }
    }

    private mutating func note(
        _ slice: Slice, _ index: Int, _ partition: UInt32, _ offset: UInt64, isDuplicate: Bool
    ) {
        guard lineAnswers != nil else { return }
        slice.records.withRecord(index) {
            lineAnswers?.note(
                $0, line: slice.lines[index], partition, offset, isDuplicate: isDuplicate)
        }
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
    ) -> EventRefusal? {
        guard payload.count <= rules.eventBytes else {
            return .tooLarge(payload.count, limit: rules.eventBytes)
        }
        do {
            try document.check(payload)
        } catch {
            return EventRefusal(.malformed, error.reason)
        }
        var hasKey = rules.key != nil
        if let path = keyPath, let name = rules.keyPath {
            switch document.text(at: path, into: &key) {
            case .text: hasKey = true
            case .missing: break
            case .notScalar(let kind):
                return Self.invalid(name, "the key at '\(name)' is \(kind), not a scalar")
            }
            if hasKey, key.count > Bounds.keyBytes {
                return Self.invalid(
                    name, "its key has \(key.count) bytes; \(Bounds.keyBytes) at most",
                    limit: Bounds.keyBytes)
            }
        }
        if let refusal = takeID() { return refusal }
        var time = time
        if let path = timePath, let name = rules.timePath {
            switch document.text(at: path, into: &timeText) {
            case .text: break
            case .missing: return Self.invalid(name, "no value at '\(name)'")
            case .notScalar(let kind):
                return Self.invalid(name, "the time at '\(name)' is \(kind), not a scalar")
            }
            guard let given = Self.time(timeText) else {
                return Self.invalid(
                    name,
                    "the time at '\(name)' must be RFC 3339, such as 2026-01-31T08:00:00Z, or "
                        + "whole milliseconds since 1970")
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

    /// Makes `id` that of the document; empty for none.
    private mutating func takeID() -> EventRefusal? {
        id.removeAll(keepingCapacity: true)
        if let prefix = rules.idPrefix {
            id.append(contentsOf: prefix.utf8)
            // A body that is one document as a whole has no lines.
            if line > 0 { id.append(contentsOf: "/\(line)".utf8) }
        } else if let path = idPath, let name = rules.idPath {
            switch document.text(at: path, into: &id) {
            case .text: break
            case .missing: return Self.invalid(name, "no value at '\(name)'")
            case .notScalar(let kind):
                return Self.invalid(name, "the id at '\(name)' is \(kind), not a scalar")
            }
            guard (1...Bounds.idBytes).contains(id.count) else {
                return Self.invalid(
                    name, "its id has \(id.count) bytes; 1 to \(Bounds.idBytes) are allowed",
                    limit: Bounds.idBytes)
            }
        }
        return nil
    }

    private static func invalid(
        _ field: String, _ reason: String, limit: Int? = nil
    ) -> EventRefusal {
        var facts: [String: JSONValue] = ["field": .string(field)]
        if let limit { facts["limit"] = .integer(Int64(limit)) }
        return EventRefusal(.invalid, reason, facts)
    }

    private static func time(_ bytes: [UInt8]) -> EventTime? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let milliseconds = Int64(text) else { return EventTime(text) }
        let (microseconds, isTooFar) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return isTooFar ? nil : EventTime(microseconds: microseconds)
    }
}

extension AppendReceipt {
    /// Why an event, one of the records that were appended, was not stored; nil when it is there.
    func refusal(of records: EventRecords, _ index: Int) -> EventRefusal? {
        switch self {
        case .stored, .duplicate:
            return nil
        case .conflict(let partition, let offset):
            let id = records.withRecord(index) { $0.id }?.description ?? ""
            return .conflict(id: id, partition: partition, offset: offset)
        case .unexpected(let partition, let actual):
            return EventRefusal(
                .unexpected,
                "the last offset in partition \(partition) is "
                    + "\(actual.map(String.init) ?? "none")")
        case .tooLarge(let limit):
            return .tooLarge(records.withRecord(index) { $0.payload.count }, limit: limit)
        }
    }
}
