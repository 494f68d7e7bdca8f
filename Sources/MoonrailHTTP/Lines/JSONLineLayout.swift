import CJSON
import MoonrailCore

/// How one event becomes one JSON object on a line; what its batch shares is prepared once.
struct JSONLineLayout {
    /// `{"station":"s","partition":0,"offset":`
    private let start: [UInt8]
    /// `s/0/`, which an offset makes the id of an event without one.
    private let position: [UInt8]
    private let origins: [OriginText]

    /// What the emissions of one function and input partition share.
    private struct OriginText {
        /// `"moonrailfunction":"celsius@3f2a91c"`, and the generation from the first replay on.
        let function: [UInt8]
        /// `readings/0/`
        let position: [UInt8]
    }

    init(_ events: StoredEvents) {
        // Names hold no character that JSON would escape.
        start = Array(
            #"{"station":"\#(events.station)","partition":\#(events.partition),"offset":"#.utf8)
        position = Array("\(events.station)/\(events.partition)/".utf8)
        origins = events.records.origins.map { origin in
            let generation =
                origin.generation == 0 ? "" : #","moonrailgeneration":"\#(origin.generation)""#
            let function = "\(origin.function)@\(origin.version.short)"
            return OriginText(
                function: Array((#""moonrailfunction":"\#(function)""# + generation).utf8),
                position: Array("\(origin.station)/\(origin.partition)/".utf8))
        }
    }

    /// Most bytes that the line of `record` may take.
    func bytesMaximum(of record: EventRecord) -> Int {
        let payload = record.payload.count
        let names = 2 * start.count + 2 * position.count + Self.fixedBytes + TimeText.bytesMaximum
        // Escaped, a byte takes six at most; in base64, three bytes take four.
        var most = names + 6 * (record.bytes.count - payload) + payload + payload / 3 + 4
        if let origin = record.origin {
            let text = origins[origin.originIndex]
            most += text.function.count + 3 * (text.position.count + Self.offsetBytes)
        }
        return most
    }

    private static let fixedBytes = 320
    private static let offsetBytes = 20

    func write(
        _ record: EventRecord, offset: UInt64, to cursor: inout ByteCursor, times: inout TimeText
    ) {
        cursor.append(start)
        cursor.append(decimal: offset)
        cursor.append(#","id":"#)
        if record.idField.isEmpty {
            cursor.append("\"")
            cursor.append(position)
            cursor.append(decimal: offset)
            cursor.append("\"")
        } else {
            Self.append(
                id: record.idField, isDerived: record.flags.contains(.derivedID), to: &cursor)
        }
        cursor.append(",")
        Self.append(key: record.key, to: &cursor)
        cursor.append(#","time":""#)
        times.append(record.time, to: &cursor)
        cursor.append(#"","type":"#)
        if record.typeField.isEmpty {
            cursor.append("null")
        } else {
            cursor.append(quoted: record.typeField)
        }
        cursor.append(#","headers":{"#)
        append(headersOf: record, to: &cursor)
        if record.flags.contains(.json) {
            cursor.append(#"},"data":"#)
            cursor.append(document: record.payload)
            cursor.append("}\n")
        } else {
            cursor.append(#"},"payload_base64":""#)
            cursor.append(base64: record.payload)
            cursor.append("\"}\n")
        }
    }

    private static func append(
        id: UnsafeRawBufferPointer, isDerived: Bool, to cursor: inout ByteCursor
    ) {
        guard isDerived else { return cursor.append(quoted: id) }
        cursor.append("\"")
        cursor.append(hexadecimal: id)
        cursor.append("\"")
    }

    private static func append(key: UnsafeRawBufferPointer?, to cursor: inout ByteCursor) {
        guard let key else { return cursor.append(#""key":null"#) }
        let characters = key.assumingMemoryBound(to: CChar.self)
        if key.isEmpty || moonrail_json_is_utf8(characters.baseAddress, characters.count) {
            cursor.append(#""key":"#)
            cursor.append(quoted: key)
        } else {
            cursor.append(#""key_base64":""#)
            cursor.append(base64: key)
            cursor.append("\"")
        }
    }

    private func append(headersOf record: EventRecord, to cursor: inout ByteCursor) {
        let origin = record.origin
        var isFirst = true
        record.forEachHeader { name, value in
            // What an emission says of its own cause can't overrule what is known of it.
            if origin != nil, Self.isCauseHeader(name) { return true }
            if !isFirst { cursor.append(",") }
            isFirst = false
            cursor.append(quoted: name)
            cursor.append(":")
            cursor.append(quoted: value)
            return true
        }
        guard let origin else { return }
        if !isFirst { cursor.append(",") }
        append(cause: origin, to: &cursor)
    }

    private func append(cause: EventRecord.OriginFields, to cursor: inout ByteCursor) {
        let text = origins[cause.originIndex]
        cursor.append(#""causationid":"#)
        append(causation: cause, to: &cursor)
        cursor.append(#","correlationid":"#)
        if cause.correlation.bytes.isEmpty {
            append(causation: cause, to: &cursor)
        } else {
            Self.append(
                id: cause.correlation.bytes, isDerived: cause.correlation.isDerived, to: &cursor)
        }
        cursor.append(",")
        cursor.append(text.function)
        cursor.append(#","moonrailinput":"#)
        append(positionOf: cause, to: &cursor)
    }

    private func append(
        causation cause: EventRecord.OriginFields, to cursor: inout ByteCursor
    ) {
        if cause.causation.bytes.isEmpty {
            append(positionOf: cause, to: &cursor)
        } else {
            Self.append(
                id: cause.causation.bytes, isDerived: cause.causation.isDerived, to: &cursor)
        }
    }

    private func append(
        positionOf cause: EventRecord.OriginFields, to cursor: inout ByteCursor
    ) {
        cursor.append("\"")
        cursor.append(origins[cause.originIndex].position)
        cursor.append(decimal: cause.offset)
        cursor.append("\"")
    }

    private static func isCauseHeader(_ name: UnsafeRawBufferPointer) -> Bool {
        causeHeaders.contains { $0.count == name.count && $0.elementsEqual(name) }
    }

    private static let causeHeaders = [
        "causationid", "correlationid", "moonrailfunction", "moonrailgeneration", "moonrailinput",
    ].map { Array($0.utf8) }
}
