extension CloudEvent {
    /// An event of a station as one of CloudEvents.
    ///
    /// One that came as such has the attributes that it came with, `time` besides. Another has its
    /// id or position as `id`, and as `source` its header of this name, the function that emitted
    /// it, or its station. Headers that CloudEvents can't name are left out, and so is a key that
    /// is not UTF-8. What is known of its cause is told as reading it tells it.
    package init(_ events: StoredEvents, _ index: Int) {
        let cause = events.cause(index)
        let shownID = events.shownID(index)
        self = events.records.withRecord(index) { record in
            var attributes: [String: String] = [:]
            record.forEachHeader { name, value in
                let name = String(decoding: name, as: UTF8.self)
                guard Self.isName(name), !Self.ownNames.contains(name) else { return true }
                attributes[name] = String(decoding: value, as: UTF8.self)
                return true
            }
            if let cause { attributes.merge(Self.attributes(of: cause)) { $1 } }
            let source = attributes["source"] ?? Self.source(of: cause, in: events.station)
            attributes["source"] = source
            attributes["id"] = Self.id(shownID, source: source)
            attributes["type"] = record.type ?? "moonrail.event"
            if let time = attributes["time"].flatMap({ EventTime($0) }), time == record.time {
                // Its text says the same as it came.
            } else {
                attributes["time"] = record.time.description
            }
            if let key = record.key, let text = String(validating: key, as: UTF8.self) {
                attributes["partitionkey"] = text
            }
            return CloudEvent(
                attributes: attributes, payload: Array(record.payload),
                isJSON: record.flags.contains(.json))
        }
    }

    /// The names and values of all attributes in the order in which they are written.
    package var ordered: [(name: String, value: String)] {
        let first = ["id", "source", "type", "time"]
        return [("specversion", Self.specificationVersion)]
            + first.compactMap { name in attributes[name].map { (name, $0) } }
            + attributes.filter { !first.contains($0.key) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// The id of an event that is kept with its source in front of it; others as they are.
    package static func id(_ id: String, source: String) -> String {
        guard id.utf8.starts(with: (source + " ").utf8) else { return id }
        return String(Substring(id.utf8.dropFirst(source.utf8.count + 1)))
    }

    /// Not to be taken from headers, as they are said otherwise.
    private static let ownNames: Set<String> = [
        "specversion", "id", "type", "partitionkey", "database64",
    ]

    private static func source(of cause: Cause?, in station: StationName) -> String {
        cause.map { "/functions/\($0.origin.function)" } ?? "/stations/\(station)"
    }

    private static func attributes(of cause: Cause) -> [String: String] {
        let origin = cause.origin
        let input = positionalID(
            station: origin.station, partition: origin.partition, offset: cause.offset)
        let causation = cause.causationID?.description ?? input
        var attributes = [
            "causationid": causation,
            "correlationid": cause.correlationID?.description ?? causation,
            "moonrailfunction": "\(origin.function)@\(origin.version.short)",
            "moonrailinput": input,
        ]
        if origin.generation > 0 { attributes["moonrailgeneration"] = "\(origin.generation)" }
        return attributes
    }
}
