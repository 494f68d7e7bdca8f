import FoundationEssentials
import MoonrailCore
import MoonrailRuntime

/// A dead letter: the event that failed, why, and what became of it.
package struct LetterMessage: Codable, Hashable, Sendable {
    package var id: String
    package var function: String
    /// `pending`, `resent` or `skipped`.
    package var status: String
    /// Why it failed, in one word: `raised`, `rejected`, `time-limit`, ..., or `parked-behind`.
    package var reason: String
    package var message: String
    /// Where in the script, from the innermost call on; empty when there is nothing to tell.
    package var traceback: String
    package var attempts: Int
    /// The version of the function that failed, 64 hexadecimal digits.
    package var version: String
    /// Where the event was read: `station/partition/offset`.
    package var position: String
    /// Where the letter is stored, likewise.
    package var stored: String
    /// When it was written, RFC 3339.
    package var written: String
    /// The position of the failed event that it waits behind; nil when it failed itself.
    package var behind: String?
    /// The name of the timer that failed, and whose firing the event tells of; nil where an event
    /// did.
    package var timer: String?
    /// What the script had as `context.inputs`; nil where the letter had no room for it.
    package var inputs: JSONValue?
    package var event: EventMessage
    /// What was done about it since, oldest first; only where one letter is shown.
    package var followUps: [FollowUp]?

    /// Something that was done about a letter.
    package struct FollowUp: Codable, Hashable, Sendable {
        /// `resent`, `failed-again` or `skipped`.
        package var kind: String
        /// RFC 3339.
        package var time: String
        /// The version, and what belongs to the kind: emissions, a failure, the reason to skip it.
        package var facts: JSONValue
    }

    enum CodingKeys: String, CodingKey {
        case id, function, status, reason, message, traceback, attempts, version, position, stored
        case written, behind, timer, inputs, event
        case followUps = "follow_ups"
    }

    /// - Parameter followUps: nil where they are not asked for.
    package init(_ entry: DeadLetters.Entry, followUps: [Event]? = nil) {
        let letter = entry.letter
        id = letter.id.description
        function = letter.function.text
        status = entry.status.rawValue
        reason = letter.reason
        message = letter.message
        traceback = letter.traceback
        attempts = letter.attempts
        version = letter.version.text
        position = letter.position
        stored = positionalID(
            station: .deadLetters(of: letter.function), partition: letter.storedPartition,
            offset: letter.storedOffset)
        written = letter.time
        behind = letter.behind
        timer = letter.timer
        inputs = letter.inputs.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        event = EventMessage(letter.event)
        self.followUps = followUps?.map(FollowUp.init)
    }
}

extension LetterMessage.FollowUp {
    init(_ event: Event) {
        kind = event.type.flatMap { $0.split(separator: ".").last.map(String.init) } ?? ""
        time = event.time.description
        facts = (try? JSONValue(parsing: event.payload)) ?? .null
    }
}

/// An event on its own, as dead letters and rehearsals show it.
package struct EventMessage: Codable, Hashable, Sendable {
    /// Nil when it is known by its position only.
    package var id: String?
    package var key: String?
    /// The key where it is not UTF-8.
    package var keyBase64: String?
    /// RFC 3339.
    package var time: String
    package var type: String?
    /// Of two headers of one name, the later one.
    package var headers: [String: String]
    /// The payload's own text.
    package var payload: String?
    /// The payload where it is not UTF-8.
    package var payloadBase64: String?
    /// Bytes of the whole payload, where only its beginning is told.
    package var payloadBytes: Int?

    enum CodingKeys: String, CodingKey {
        case id, key, time, type, headers, payload
        case keyBase64 = "key_base64"
        case payloadBase64 = "payload_base64"
        case payloadBytes = "payload_bytes"
    }

    package init(_ event: Event) {
        id = event.id?.description
        key = event.key.flatMap { String(validating: $0, as: UTF8.self) }
        if key == nil { keyBase64 = event.key.map { Data($0).base64EncodedString() } }
        time = event.time.description
        type = event.type
        headers = Dictionary(
            event.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        payload = String(validating: event.payload, as: UTF8.self)
        if payload == nil { payloadBase64 = Data(event.payload).base64EncodedString() }
    }

    package init(_ excerpt: EventExcerpt) {
        self.init(excerpt.event)
        if excerpt.isCut { payloadBytes = excerpt.payloadBytes }
    }
}
