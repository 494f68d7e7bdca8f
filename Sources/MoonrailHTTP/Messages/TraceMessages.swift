import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// Where an event comes from and what came of it.
package struct TraceMessage: Codable, Hashable, Sendable {
    /// The events that led to it, that of the producer first; without their other effects.
    package var causes: [TracedEventMessage]
    /// Why the causes go no further back; nil when the first one is a producer's.
    package var causesEnd: String?
    /// The event that was asked for, with its effects.
    package var event: TracedEventMessage
    /// What may be missing, a sentence each.
    package var missing: [String]

    enum CodingKeys: String, CodingKey {
        case causes, event, missing
        case causesEnd = "causes_end"
    }

    package init(_ trace: Trace) {
        causes = trace.causes.map(TracedEventMessage.init)
        causesEnd = trace.causesEnd
        event = TracedEventMessage(trace.event)
        missing = trace.missing
    }
}

/// One event of a trace.
package struct TracedEventMessage: Codable, Hashable, Sendable {
    package var station: String
    package var partition: UInt32
    package var offset: UInt64
    /// `produced`, `emitted`, `letter`, `state` or `restored`.
    package var kind: String
    /// Its own, or its position.
    package var id: String
    package var key: String?
    /// The key where it is not UTF-8.
    package var keyBase64: String?
    package var type: String?
    /// RFC 3339.
    package var time: String
    /// RFC 3339.
    package var appendedAt: String?
    /// What made it, as it was called then; nil for a producer's.
    package var function: String?
    /// 64 hexadecimal digits.
    package var version: String?
    package var generation: UInt32?
    /// Microseconds from when its cause was appended until it was.
    package var after: Int64?
    /// Nil but for a dead letter.
    package var letter: TracedLetterMessage?
    /// What functions made of it; none of an event's causes.
    package var runs: [TracedRunMessage]

    enum CodingKeys: String, CodingKey {
        case station, partition, offset, kind, id, key, type, time, function, version, generation
        case letter, runs
        case keyBase64 = "key_base64"
        case appendedAt = "appended_at"
        case after = "after_us"
    }

    init(_ event: TracedEvent) {
        station = event.place.station.text
        partition = event.place.partition
        offset = event.place.offset
        kind = event.kind.rawValue
        id = event.id
        key = event.key.flatMap { String(validating: $0, as: UTF8.self) }
        if key == nil { keyBase64 = event.key.map { Data($0).base64EncodedString() } }
        type = event.type
        time = event.time.description
        appendedAt = event.appended?.description
        function = event.maker?.function.text
        version = event.maker?.version.text
        generation = event.maker?.generation
        after = event.after.map(\.wholeMicroseconds)
        letter = event.letter.map(TracedLetterMessage.init)
        runs = event.runs.map(TracedRunMessage.init)
    }
}

/// Why an event became a dead letter, and what became of that.
package struct TracedLetterMessage: Codable, Hashable, Sendable {
    package var id: String
    package var reason: String
    package var message: String
    /// `pending`, `resent` or `skipped`.
    package var status: String
    /// What was done about it, oldest first.
    package var followUps: [LetterMessage.FollowUp]

    enum CodingKeys: String, CodingKey {
        case id, reason, message, status
        case followUps = "follow_ups"
    }

    init(_ letter: TracedLetter) {
        id = letter.id.description
        reason = letter.reason
        message = letter.message
        status = letter.status.rawValue
        followUps = letter.followUps.map(LetterMessage.FollowUp.init)
    }
}

/// What one function made of an event.
package struct TracedRunMessage: Codable, Hashable, Sendable {
    package var function: String
    package var partition: UInt32
    /// `effects`, `nothing`, `letter`, `resent`, `waiting` or `passed`.
    package var outcome: String
    /// 64 hexadecimal digits; nil where the function did not take the event.
    package var version: String?
    /// Microseconds from when the event was appended until the run was settled.
    package var after: Int64?
    package var events: [TracedEventMessage]

    enum CodingKeys: String, CodingKey {
        case function, partition, outcome, version, events
        case after = "after_us"
    }

    init(_ run: TracedRun) {
        function = run.lane.function.text
        partition = run.lane.partition
        outcome = run.outcome.rawValue
        version = run.version?.text
        after = run.after.map(\.wholeMicroseconds)
        events = run.events.map(TracedEventMessage.init)
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 { Int64(self / .microseconds(1)) }
}
