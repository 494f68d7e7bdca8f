/// An event of CloudEvents 1.0 (https://github.com/cloudevents/spec, version 1.0.2), and how it is
/// kept as an event of a station.
///
/// The id of the stored event is `source`, a space, and `id`, as only both together are unique;
/// neither holds a space that could be mistaken for this one, as a source is a URI reference.
/// `partitionkey` is its key, `type` its type. Every other attribute is a header of its name.
package struct CloudEvent: Hashable, Sendable {
    /// The context attributes without `specversion`, by their names, each as text.
    package var attributes: [String: String]
    package var payload: [UInt8]
    /// Whether the payload was checked to be a JSON document.
    package var isJSON: Bool

    package init(attributes: [String: String], payload: [UInt8], isJSON: Bool) {
        self.attributes = attributes
        self.payload = payload
        self.isJSON = isJSON
    }

    package static let specificationVersion = "1.0"

    /// The attributes that every event has besides `specversion`.
    static let required = ["id", "source", "type"]

    /// The event as a station keeps it.
    ///
    /// - Parameter now: its time where it has none.
    /// - Throws: `InvalidCloudEvent` that names the attribute at fault.
    package func event(now: EventTime) throws(InvalidCloudEvent) -> Event {
        for name in Self.required where attributes[name]?.isEmpty ?? true {
            throw InvalidCloudEvent(name, "attribute '\(name)' is missing or empty")
        }
        for (name, value) in attributes { try Self.check(name, value) }
        let source = attributes["source", default: ""]
        guard !source.contains(" ") else {
            throw InvalidCloudEvent("source", "'source' holds a space; it is a URI reference")
        }
        let id = source + " " + attributes["id", default: ""]
        guard id.utf8.count <= Bounds.idBytes else {
            throw InvalidCloudEvent(
                "id",
                "'source' and 'id' have \(id.utf8.count - 1) bytes together; "
                    + "\(Bounds.idBytes - 1) at most", limit: Bounds.idBytes - 1)
        }
        let type = attributes["type", default: ""]
        guard type.utf8.count <= Bounds.typeBytes else {
            throw InvalidCloudEvent(
                "type", "'type' has \(type.utf8.count) bytes; \(Bounds.typeBytes) at most",
                limit: Bounds.typeBytes)
        }
        let key = attributes["partitionkey"].map { Array($0.utf8) }
        if let key, key.count > Bounds.keyBytes {
            throw InvalidCloudEvent(
                "partitionkey", "'partitionkey' has \(key.count) bytes; \(Bounds.keyBytes) at most",
                limit: Bounds.keyBytes)
        }
        return Event(
            id: .text(id), key: key, time: try time(now: now), type: type,
            headers: try headers(), payload: payload, isJSON: isJSON)
    }

    private func time(now: EventTime) throws(InvalidCloudEvent) -> EventTime {
        guard let text = attributes["time"] else { return now }
        guard let time = EventTime(text) else {
            throw InvalidCloudEvent(
                "time", "'time' is '\(text)'; it must be RFC 3339, such as 2026-01-31T08:00:00Z")
        }
        return time
    }

    /// What is kept under its own name. The time is where its text would not come back from the
    /// time itself: another zone, digits beyond the sixth.
    private func headers() throws(InvalidCloudEvent) -> [Event.Header] {
        var headers: [Event.Header] = []
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "id", "type", "partitionkey": continue
            case "time" where EventTime(value)?.description == value: continue
            default: headers.append(Event.Header(name, value))
            }
        }
        let bytes = headers.reduce(0) { $0 + 3 + $1.name.utf8.count + $1.value.utf8.count }
        guard bytes <= Bounds.headersBytes else {
            throw InvalidCloudEvent(
                nil, "its attributes have \(bytes) bytes; \(Bounds.headersBytes) at most",
                limit: Bounds.headersBytes)
        }
        return headers
    }

    private static func check(_ name: String, _ value: String) throws(InvalidCloudEvent) {
        guard isName(name) else {
            throw InvalidCloudEvent(
                name,
                "'\(name)' is no attribute's name; names are of a-z and 0-9, "
                    + "\(Bounds.headerNameBytes) at most")
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw InvalidCloudEvent(name, "attribute '\(name)' holds a control character")
        }
    }

    /// Whether CloudEvents lets an attribute be called so.
    static func isName(_ text: String) -> Bool {
        (1...Bounds.headerNameBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
            && text != "data"
    }
}

/// What makes an event none of CloudEvents 1.0, or more than a station keeps.
package struct InvalidCloudEvent: Error, Hashable, Sendable, CustomStringConvertible {
    /// The attribute at fault, if it is one.
    package let attribute: String?
    package let description: String
    /// The bound that was met, in bytes, if one was.
    package let limit: Int?

    package init(_ attribute: String?, _ description: String, limit: Int? = nil) {
        self.attribute = attribute
        self.description = description
        self.limit = limit
    }
}
