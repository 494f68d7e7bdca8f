import MoonrailCore

/// What the reply to one RUN must keep to.
package struct ExpectedResult: Sendable {
    /// Events that were sent, at least one.
    package var events: Int
    /// Stations that the program may write.
    package var outputs: Int
    /// Limits of emissions that the host had to keep.
    package var limits: FunctionLimits
    /// Whether the program keeps state.
    package var hasState: Bool
    /// Whether the program has timers, too.
    package var hasTimers: Bool
    /// Whether it was asked how long each event takes.
    package var isTimed: Bool
    /// Timers that it was told not to call.
    package var stopped: [StoppedFiring] = []

    package init(
        events: Int, outputs: Int, limits: FunctionLimits, hasState: Bool = false,
        hasTimers: Bool = false, isTimed: Bool = false
    ) {
        self.events = events
        self.outputs = outputs
        self.limits = limits
        self.hasState = hasState
        self.hasTimers = hasTimers
        self.isTimed = isTimed
    }
}

/// Reads the body of a RESULT frame, checking all of it. Reserves no more than the body's bytes
/// can account for, whatever counts they claim.
struct ResultReader {
    let expected: ExpectedResult
    private(set) var outcomes: [Outcome] = []
    private(set) var emissions: [RunReply.Emission] = []
    private(set) var logs: [RunReply.LogLine] = []
    private(set) var stateMarks: [StateMark] = []
    private(set) var firings: [RunReply.Firing] = []
    /// State changes that timers made.
    private var changedByTimers = 0
    private(set) var nanoseconds: [UInt64] = []

    /// Fewest bytes of an emission: its output and the fixed part of a record.
    private static let emissionBytesMinimum = 4 + EventRecord.fixedBytes
    /// Fewest bytes of a state change of a function with timers: event, timer, key, whether it had
    /// a value, value, timers.
    private static let changeBytesMinimum = 19
    /// Fewest bytes of a timer that fired: event, time, key, name, outcome.
    private static let firingBytesMinimum = 23
    /// Fewest bytes of a log line: event, level, lengths of text and fields.
    private static let logBytesMinimum = 13
    /// The kind of outcome of a timer that was not called.
    private static let stoppedOutcome: UInt8 = 4
    /// Emission indexes are 16 bits wide, and the last one stands for dead letters.
    private static let emissionsMaximum = UInt32(UInt16.max) - 1

    init(expected: ExpectedResult) {
        self.expected = expected
    }

    /// - Throws: `ProtocolBreach`, or `ByteReader.Truncated` when the body ends too early.
    mutating func read(_ body: inout ByteReader) throws {
        let count = Int(try body.integer(UInt32.self))
        guard (1...max(expected.events, 1)).contains(count) else {
            throw ProtocolBreach("it gave \(count) outcomes for \(expected.events) events")
        }
        outcomes.reserveCapacity(count)
        emissions.reserveCapacity(min(count, body.remaining / Self.emissionBytesMinimum))
        for index in 0..<count {
            let outcome = try outcome(&body)
            outcomes.append(outcome)
            if case .failed(let fault) = outcome, fault.kind.isVerdict, index < count - 1 {
                throw ProtocolBreach("it went on after a limit")
            }
        }
        try readLogs(&body)
        try readStateChanges(&body)
        if expected.hasTimers { try readFirings(&body) }
        if expected.isTimed { try readTimes(&body) }
    }

    /// One outcome, with its emissions checked.
    private mutating func outcome(_ body: inout ByteReader) throws -> Outcome {
        let kind = try body.integer(UInt8.self)
        switch kind {
        case 0:
            return .done(emissions: try readEmissions(&body))
        case 1:
            return .failed(FunctionFault(kind: .rejected, message: try body.text()))
        case 2:
            return .failed(
                FunctionFault(kind: .raised, message: try body.text(), traceback: try body.text()))
        case 3:
            return .failed(
                FunctionFault(kind: try limit(&body), message: try body.text()))
        default:
            throw ProtocolBreach("it gave an outcome of kind \(kind)")
        }
    }

    /// The kind of fault that the number of a limit stands for.
    private func limit(_ body: inout ByteReader) throws -> FunctionFault.Kind {
        let limit = try body.integer(UInt8.self)
        switch limit {
        case 0: return .memoryLimit
        case 1: return .timeLimit
        case 2, 3, 4: return .outputLimit
        default: throw ProtocolBreach("it named limit \(limit)")
        }
    }

    /// The emissions of one event: checks each record, and notes where it starts.
    private mutating func readEmissions(_ body: inout ByteReader) throws -> Range<Int> {
        let count = try body.integer(UInt32.self)
        let first = emissions.count
        if count == 0 { return first..<first }
        guard count <= min(expected.limits.emissions, Self.emissionsMaximum) else {
            throw ProtocolBreach(
                "it gave \(count) emissions of one event; \(expected.limits.emissions) are allowed")
        }
        for _ in 0..<count {
            let output = try body.integer(UInt32.self)
            guard output < expected.outputs else {
                throw ProtocolBreach("it wrote to output \(output) of \(expected.outputs)")
            }
            let rest = body.bytes.part(body.index, body.remaining)
            guard let record = EventRecord(startOf: rest) else {
                throw ProtocolBreach("it sent an event record that is not whole")
            }
            if let flaw = record.flaw(payloadBytes: Int(expected.limits.emissionBytes)) {
                throw ProtocolBreach("it sent an event record \(flaw)")
            }
            emissions.append(.init(output: Int(output), start: body.index))
            try body.skip(record.bytes.count)
        }
        return first..<emissions.count
    }

    /// What the events made of the state of their keys.
    private mutating func readStateChanges(_ body: inout ByteReader) throws {
        let count = Int(try body.integer(UInt32.self))
        // A timer that fires always does: it is gone then.
        let most = expected.hasTimers ? body.remaining / Self.changeBytesMinimum : outcomes.count
        guard count == 0 || expected.hasState, count <= most else {
            throw ProtocolBreach("it changed state \(count) times in \(outcomes.count) events")
        }
        stateMarks.reserveCapacity(count)
        for _ in 0..<count {
            let (event, firing) = try readChangePlace(&body)
            let key = try body.textPlaces()
            let hadValue = try body.integer(UInt8.self) != 0
            let value = try body.textPlaces()
            guard isState(body.bytes.part(value), under: body.bytes.part(key)) else {
                throw ProtocolBreach(
                    "it told a state of \(value.count) bytes under a key of \(key.count)")
            }
            stateMarks.append(
                StateMark(
                    event: event, firing: firing, key: key, hadValue: hadValue, value: value,
                    timersBefore: expected.hasTimers ? try readTimers(&body) : []))
        }
    }

    /// Whether a key may have this state, or none.
    private func isState(
        _ encoded: UnsafeRawBufferPointer, under key: UnsafeRawBufferPointer
    ) -> Bool {
        guard (1...Bounds.keyBytes).contains(key.count) else { return false }
        if encoded.isEmpty { return true }
        let most = Int(expected.limits.stateBytes)
        if let value = StateValue.Plain(encoded) { return value.json.count <= most }
        guard let value = StateValue(encoded: Array(encoded)) else { return false }
        return value.json.count <= most && (value.timers.isEmpty || !key.contains(0))
    }

    /// The event of a state change, or the firing after it; they come in their order.
    private mutating func readChangePlace(
        _ body: inout ByteReader
    ) throws -> (event: Int, firing: Int?) {
        let event = Int(try body.integer(UInt32.self))
        let number = expected.hasTimers ? Int(try body.integer(UInt32.self)) : 0
        let last = stateMarks.last?.event ?? -1
        // Those of the event itself come first, those of timers one after the other.
        let isInOrder = number == 0 ? event > last : event >= last && number == changedByTimers + 1
        guard event < outcomes.count, isInOrder, number > 0 || outcomes[event].isDone else {
            throw ProtocolBreach("it changed state in event \(event)")
        }
        guard number > 0 else { return (event, nil) }
        changedByTimers = number
        return (event, number - 1)
    }

    /// The timers that a key had before it was changed.
    private func readTimers(_ body: inout ByteReader) throws -> [StateTimer] {
        guard let timers = try [StateTimer](&body) else {
            throw ProtocolBreach("it told of timers that are none")
        }
        return timers
    }

    /// The timers that fired: each changed the state of its key, so that they are known already.
    private mutating func readFirings(_ body: inout ByteReader) throws {
        let count = Int(try body.integer(UInt32.self))
        let changes = stateMarks.filter { $0.firing != nil }
        guard count == changes.count, count <= body.remaining / Self.firingBytesMinimum else {
            throw ProtocolBreach("it fired \(count) timers and changed \(changes.count) states")
        }
        firings.reserveCapacity(count)
        for change in changes {
            let event = Int(try body.integer(UInt32.self))
            let time = EventTime(microseconds: try body.integer())
            let key = try body.textBytes()
            let timer = StateTimer(time: time, name: try body.textBytes())
            guard event == change.event, body.bytes.part(change.key).elementsEqual(key),
                change.timersBefore.contains(timer)
            else { throw ProtocolBreach("it fired a timer that does not wait") }
            let fired = KeyedTimer(key: key, timer: timer)
            let outcome = try outcome(of: fired, after: event, &body)
            firings.append(.init(event: event, timer: fired, outcome: outcome))
        }
    }

    /// The outcome of a timer that fired, which may be one that was not called.
    private mutating func outcome(
        of timer: KeyedTimer, after event: Int, _ body: inout ByteReader
    ) throws -> Outcome {
        guard body.remaining > 0, body.bytes[body.index] == Self.stoppedOutcome else {
            return try outcome(&body).afterTwoTries
        }
        try body.skip(1)
        var number = 1
        while firings.count >= number, firings[firings.count - number].event == event {
            number += 1
        }
        let stopped = expected.stopped.first { $0.matches(timer, event: event, number: number) }
        guard let stopped else { throw ProtocolBreach("it did not call a timer that it was to") }
        return .failed(stopped.fault)
    }

    /// The log lines behind the outcomes.
    private mutating func readLogs(_ body: inout ByteReader) throws {
        let count = Int(try body.integer(UInt32.self))
        guard count <= body.remaining / Self.logBytesMinimum else {
            throw ProtocolBreach("it announced \(count) log lines, more than it sent")
        }
        logs.reserveCapacity(count)
        for _ in 0..<count {
            let event = Int(try body.integer(UInt32.self))
            guard event < expected.events, event >= logs.last?.event ?? 0 else {
                throw ProtocolBreach("it logged for event \(event) of \(expected.events)")
            }
            let number = try body.integer(UInt8.self)
            guard let level = RunReply.LogLine.Level(rawValue: number) else {
                throw ProtocolBreach("it logged at level \(number)")
            }
            logs.append(
                .init(
                    event: event, level: level, text: try body.text(), fields: try body.text()))
        }
    }

    /// How long each event took, at the reply's end.
    private mutating func readTimes(_ body: inout ByteReader) throws {
        nanoseconds.reserveCapacity(outcomes.count)
        for _ in outcomes { nanoseconds.append(try body.integer(UInt64.self)) }
    }
}

extension Outcome {
    /// That of a timer: the host tries one that went over a limit of the machine a second time.
    fileprivate var afterTwoTries: Outcome {
        guard case .failed(var fault) = self, fault.kind.deservesAnotherRun else { return self }
        fault.attempts = 2
        return .failed(fault)
    }
}

extension EventRecord {
    private static let allowedFlags = Flags.json.rawValue | Flags.keyed.rawValue

    /// Why a host may not have sent this record; nil when it may.
    fileprivate func flaw(payloadBytes: Int) -> String? {
        let keyBytes = Int(bytes.littleEndian(UInt16.self, at: 6))
        let headersBytes = Int(bytes.littleEndian(UInt16.self, at: 16))
        let originBytes = Int(bytes.littleEndian(UInt16.self, at: 18))
        let idBytes = Int(bytes.littleEndian(UInt16.self, at: 20))
        if originBytes > 0 { return "with an origin" }
        if flags.rawValue & ~Self.allowedFlags != 0 { return "with flags \(flags.rawValue)" }
        if bytes.littleEndian(UInt16.self, at: 22) != 0 { return "with reserved bytes not zero" }
        if idBytes > Bounds.idBytes { return "with an id of \(idBytes) bytes" }
        if keyBytes > Bounds.keyBytes { return "with a key of \(keyBytes) bytes" }
        if keyBytes > 0, !flags.contains(.keyed) { return "with a key that its flags deny" }
        if headersBytes > Bounds.headersBytes { return "with \(headersBytes) bytes of headers" }
        if headersBytes > 0, !headersAreWhole { return "with headers that are not whole" }
        if payload.count > payloadBytes { return "with a payload of \(payload.count) bytes" }
        return nil
    }

    /// Whether the headers block is headers from its first byte to its last.
    private var headersAreWhole: Bool {
        let field = headersField
        var index = 0
        while index < field.count {
            guard index + 3 <= field.count else { return false }
            let nameBytes = Int(field[index])
            guard (1...Bounds.headerNameBytes).contains(nameBytes) else { return false }
            index += 3 + nameBytes + Int(field.littleEndian(UInt16.self, at: index + 1))
        }
        return index == field.count
    }
}
