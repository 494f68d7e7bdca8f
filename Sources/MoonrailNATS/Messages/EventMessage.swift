import MoonrailCore

/// An event as a message of a station's stream, as Moonrail itself writes it.
///
/// The headers are those of CloudEvents' binary mode over NATS, so that any client reads them. What
/// they can't say exactly is in two more, `Moonrail` and `Moonrail-Headers` (docs/formats.md,
/// NATS).
enum EventMessage {
    /// What `Moonrail` begins with: its format.
    static let format: Character = "1"

    /// Writes the headers of an event's message.
    ///
    /// - Parameters:
    ///   - origins: the table that the record's origin points into.
    ///   - isRecognised: whether the broker is to store nothing that has a known id.
    static func write(
        _ record: EventRecord, _ origins: [Origin], _ station: StationName,
        isRecognised: Bool = true, to headers: inout HeaderFields
    ) {
        if !record.idField.isEmpty {
            if isRecognised {
                headers.add("Nats-Msg-Id") { writeID(of: record, to: &$0) }
            }
            headers.add("ce-id") { writeID(of: record, to: &$0) }
        }
        headers.add("ce-specversion") { $0.put("1.0") }
        let origin = record.origin
        headers.add("ce-source") {
            if let origin {
                $0.put("/functions/")
                $0.put(origins[origin.originIndex].function.text)
            } else {
                $0.put("/stations/")
                $0.put(station.text)
            }
        }
        headers.add("ce-type") {
            if record.typeField.isEmpty {
                $0.put("moonrail.event")
            } else {
                $0.put(encoded: record.typeField)
            }
        }
        headers.add("ce-time") { $0.put(record.time) }
        // The library can't read values that are empty.
        if let key = record.key, !key.isEmpty {
            headers.add("ce-partitionkey") { $0.put(encoded: key) }
        }
        headers.add("content-type") {
            let type: StaticString =
                record.flags.contains(.json) ? "application/json" : "application/octet-stream"
            $0.put(type)
        }
        if let origin {
            if !origin.causation.bytes.isEmpty {
                headers.add("ce-causationid") { $0.put(origin.causation) }
            }
            if !origin.correlation.bytes.isEmpty {
                headers.add("ce-correlationid") { $0.put(origin.correlation) }
            }
        }
        headers.add("Moonrail") { write(record, origins, to: &$0) }
        if !record.headersField.isEmpty {
            headers.add("Moonrail-Headers") { value in
                record.forEachHeader { name, text in
                    value.put(encoded: name)
                    value.put(" ")
                    value.put(encoded: text)
                    value.put(" ")
                    return true
                }
                // Spaces at the end would be lost.
                value.put(".")
            }
        }
    }

    /// An event's id, as its message has it.
    static func writeID(of record: EventRecord, to value: inout HeaderFields) {
        value.put(id: record.idField, isDerived: record.flags.contains(.derivedID))
    }

    /// Format, a letter each for JSON or not, and for the kind of the id, of the cause and of the
    /// first cause (`-` none, `t` text, `d` derived), whether there is a type and a key, the time
    /// in microseconds; of an emission also hops, offset, emission, generation, station, partition,
    /// function and version.
    private static func write(
        _ record: EventRecord, _ origins: [Origin], to value: inout HeaderFields
    ) {
        let origin = record.origin
        value.put("1")
        value.put(record.flags.contains(.json) ? "j" : "n")
        value.put(kind(record.idField.isEmpty, record.flags.contains(.derivedID)))
        value.put(kind(origin?.causation))
        value.put(kind(origin?.correlation))
        value.put(record.typeField.isEmpty ? "-" : "t")
        value.put(record.key == nil ? "-" : "k")
        value.put(" ")
        value.put(record.time.microseconds)
        guard let origin else { return }
        let shared = origins[origin.originIndex]
        value.put(" ")
        value.put(UInt64(record.hops))
        value.put(" ")
        value.put(origin.offset)
        value.put(" ")
        value.put(UInt64(origin.emission))
        value.put(" ")
        value.put(UInt64(shared.generation))
        value.put(" ")
        value.put(shared.station.text)
        value.put(" ")
        value.put(UInt64(shared.partition))
        value.put(" ")
        value.put(shared.function.text)
        value.put(" ")
        value.put(shared.version.text)
    }

    private static func kind(_ id: EventRecord.IDField?) -> StaticString {
        guard let id else { return "-" }
        return kind(id.bytes.isEmpty, id.isDerived)
    }

    private static func kind(_ isEmpty: Bool, _ isDerived: Bool) -> StaticString {
        isEmpty ? "-" : isDerived ? "d" : "t"
    }
}

extension HeaderFields {
    fileprivate mutating func put(id field: UnsafeRawBufferPointer, isDerived: Bool) {
        if isDerived { put(hexadecimal: field) } else { put(encoded: field) }
    }

    fileprivate mutating func put(_ id: EventRecord.IDField) {
        put(id: id.bytes, isDerived: id.isDerived)
    }
}
