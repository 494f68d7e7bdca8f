import MoonrailCore

/// Why an event was not taken.
package struct EventRefusal: Error, Hashable, Sendable {
    package enum Kind: Sendable {
        /// It is not what its format says: no JSON.
        case malformed
        /// It is, and can't be taken: a key that is no scalar, an attribute that is missing.
        case invalid
        /// Its id is known with another payload.
        case conflict
        case tooLarge
        /// What was expected of the station does not hold.
        case unexpected
    }

    package var kind: Kind
    /// One sentence.
    package var reason: String
    /// What programs may want to know: `field`, `limit`, `partition`, `offset`.
    package var facts: [String: JSONValue]

    package init(_ kind: Kind, _ reason: String, _ facts: [String: JSONValue] = [:]) {
        self.kind = kind
        self.reason = reason
        self.facts = facts
    }

    init(_ error: InvalidCloudEvent) {
        var facts: [String: JSONValue] = [:]
        if let attribute = error.attribute { facts["field"] = .string(attribute) }
        if let limit = error.limit { facts["limit"] = .integer(Int64(limit)) }
        self.init(.invalid, error.description, facts)
    }

    static func tooLarge(_ bytes: Int, limit: Int) -> EventRefusal {
        EventRefusal(
            .tooLarge, "\(bytes) bytes are too many for an event; \(limit) at most",
            ["limit": .integer(Int64(limit))])
    }

    static func conflict(id: String, partition: UInt32, offset: UInt64) -> EventRefusal {
        EventRefusal(
            .conflict,
            "id '\(id)' is known with another payload at partition \(partition) offset \(offset)",
            [
                "partition": .integer(Int64(partition)),
                "offset": .integer(Int64(clamping: offset)),
            ])
    }

    /// The refusal as an answer, or as a part of one.
    var problem: Problem {
        let (slug, title, status): (String, String, Int) =
            switch kind {
            case .malformed: ("event-malformed", "The event is malformed", 400)
            case .invalid: ("event-invalid", "The event can't be taken", 422)
            case .conflict: ("id-conflict", "The id is known with another payload", 409)
            case .tooLarge: ("event-too-large", "The event is too large", 413)
            case .unexpected: ("expectation-failed", "The expectation does not hold", 412)
            }
        return Problem(slug, title: title, status: status, detail: reason, facts: facts)
    }
}
