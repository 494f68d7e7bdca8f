import FoundationEssentials
import Hummingbird
import MoonrailCore

/// Reads events of CloudEvents 1.0 out of requests. No I/O.
struct CloudEventIntake: ~Copyable {
    let now: EventTime
    /// Largest payload in bytes.
    let eventBytes: Int
    /// The trace of the request, of events that name none themselves.
    let trace: TraceParent?
    private let document: LineDocument

    /// - Throws: `unavailable` when memory is short.
    init(now: EventTime, eventBytes: Int, trace: TraceParent?) throws(EngineError) {
        self.now = now
        self.eventBytes = eventBytes
        self.trace = trace
        document = try LineDocument()
    }

    /// The one event of the body, in the structured mode.
    ///
    /// - Throws: `EventRefusal`.
    func event(of body: inout IntakeBody) throws(EventRefusal) -> EventRecords {
        let read = whole(&body) { (bytes) throws(EventRefusal) in
            try check(bytes)
            return [try event(in: bytes)]
        }
        return Self.records(try read.get())
    }

    /// The events of the body, a JSON array of them.
    ///
    /// - Throws: `EventRefusal` that says which of them, counted from 0, is at fault.
    func batch(of body: inout IntakeBody) throws(EventRefusal) -> EventRecords {
        let read = whole(&body) { (bytes) throws(EventRefusal) in
            try check(bytes)
            guard let elements = JSONParts.elements(of: bytes) else {
                throw EventRefusal(.malformed, "a batch of CloudEvents is a JSON array of them")
            }
            guard elements.count <= IntakeBounds.cloudEvents else {
                throw EventRefusal(
                    .tooLarge,
                    "\(elements.count) events are too many for one batch; "
                        + "\(IntakeBounds.cloudEvents) at most",
                    ["limit": .integer(Int64(IntakeBounds.cloudEvents))])
            }
            var events: [Event] = []
            for (index, element) in elements.enumerated() {
                do throws(EventRefusal) {
                    events.append(try event(in: element))
                } catch {
                    var refusal = error
                    refusal.reason = "event \(index) of the batch: \(error.reason)"
                    refusal.facts["index"] = .integer(Int64(index))
                    throw refusal
                }
            }
            return events
        }
        return Self.records(try read.get())
    }

    /// The event whose attributes are headers and whose data is the body, in the binary mode.
    ///
    /// - Parameter type: of the data, if it has one.
    /// - Throws: `EventRefusal`.
    func event(
        _ headers: HTTPFields, type: ContentType?, of body: inout IntakeBody
    ) throws(EventRefusal) -> EventRecords {
        var attributes = try Self.attributes(headers)
        if let text = headers[.contentType] { attributes["datacontenttype"] = text }
        let given = attributes
        let read = whole(&body) { (bytes) throws(EventRefusal) in
            // Nothing is no JSON, and no data either. Of what no type is said it is looked at.
            var isJSON = type?.isJSON == true && !bytes.isEmpty
            if isJSON { try check(bytes) }
            if type == nil, !bytes.isEmpty { isJSON = (try? document.check(bytes)) != nil }
            return [
                try finished(
                    CloudEvent(attributes: given, payload: Array(bytes), isJSON: isJSON))
            ]
        }
        return Self.records(try read.get())
    }

    private func check(_ bytes: UnsafeRawBufferPointer) throws(EventRefusal) {
        do throws(LineDocument.Malformed) {
            try document.check(bytes)
        } catch {
            throw EventRefusal(.malformed, error.reason)
        }
    }

    private func whole(
        _ body: inout IntakeBody,
        _ read: (UnsafeRawBufferPointer) throws(EventRefusal) -> [Event]
    ) -> Result<[Event], EventRefusal> {
        var result: Result<[Event], EventRefusal> = .success([])
        body.take { bytes, taken in
            taken = bytes.count
            do throws(EventRefusal) {
                result = .success(try read(bytes))
            } catch {
                result = .failure(error)
            }
        }
        return result
    }

    private static func records(_ events: [Event]) -> EventRecords {
        var records = EventRecords()
        for event in events { records.append(event) }
        return records
    }

    private func finished(_ event: CloudEvent) throws(EventRefusal) -> Event {
        guard event.payload.count <= eventBytes else {
            throw .tooLarge(event.payload.count, limit: eventBytes)
        }
        var event = event
        if let trace, event.attributes[TraceParent.headerName] == nil {
            event.attributes[TraceParent.headerName] = trace.text
        }
        do throws(InvalidCloudEvent) {
            return try event.event(now: now)
        } catch {
            throw EventRefusal(error)
        }
    }

    /// One event in the JSON format, which is checked to be JSON.
    private func event(in bytes: UnsafeRawBufferPointer) throws(EventRefusal) -> Event {
        guard let members = JSONParts.members(of: bytes) else {
            throw EventRefusal(.malformed, "a CloudEvent is a JSON object")
        }
        var attributes: [String: String] = [:]
        var data: UnsafeRawBufferPointer?
        var base64: UnsafeRawBufferPointer?
        var seen: Set<String> = []
        for member in members {
            guard seen.insert(member.name).inserted else {
                throw Self.invalid(member.name, "attribute '\(member.name)' is given twice")
            }
            switch member.name {
            case "data": data = member.value
            case "data_base64": base64 = member.value
            default:
                if let value = try Self.attribute(member) { attributes[member.name] = value }
            }
        }
        try Self.checkVersion(attributes.removeValue(forKey: "specversion"))
        let type = attributes["datacontenttype"].flatMap { ContentType($0) }
        let (payload, isJSON) = try payload(
            data, base64, type: type, hasType: attributes["datacontenttype"] != nil)
        return try finished(CloudEvent(attributes: attributes, payload: payload, isJSON: isJSON))
    }

    private func payload(
        _ data: UnsafeRawBufferPointer?, _ base64: UnsafeRawBufferPointer?, type: ContentType?,
        hasType: Bool
    ) throws(EventRefusal) -> ([UInt8], isJSON: Bool) {
        if let base64 {
            guard data == nil else {
                throw Self.invalid("data_base64", "an event has 'data' or 'data_base64', not both")
            }
            guard let text = JSONParts.string(base64), let decoded = Data(base64Encoded: text)
            else { throw Self.invalid("data_base64", "'data_base64' is no base64 in a string") }
            let bytes = Array(decoded)
            guard type?.isJSON == true else { return (bytes, false) }
            // What says that it is JSON has to be.
            do throws(LineDocument.Malformed) {
                try document.check(unpadded: bytes)
            } catch {
                throw EventRefusal(.malformed, "'data_base64' is " + error.reason)
            }
            return (bytes, true)
        }
        guard let data else { return ([], false) }
        if hasType, type?.isJSON != true, let text = JSONParts.string(data) {
            return (Array(text.utf8), false)
        }
        return (Array(data), true)
    }

    /// - Returns: nil for null, which says that there is none.
    private static func attribute(_ member: JSONParts.Member) throws(EventRefusal) -> String? {
        if let text = JSONParts.string(member.value) { return text }
        let text = String(decoding: member.value, as: UTF8.self)
        if text == "null" { return nil }
        if text == "true" || text == "false" || Int32(text) != nil { return text }
        throw invalid(
            member.name,
            "attribute '\(member.name)' must be a string, a boolean or a whole number of 32 bits")
    }

    private static func attributes(
        _ headers: HTTPFields
    ) throws(EventRefusal) -> [String: String] {
        var attributes: [String: String] = [:]
        for header in headers {
            let name = header.name.canonicalName
            guard name.hasPrefix(CloudEventHeader.prefix) else { continue }
            let attribute = String(name.dropFirst(CloudEventHeader.prefix.count))
            guard let value = CloudEventHeader.decoded(header.value) else {
                throw invalid(attribute, "header '\(name)' does not stand for UTF-8")
            }
            guard attribute != "datacontenttype" else {
                throw invalid(attribute, "the data's type is the header 'content-type'")
            }
            guard attributes.updateValue(value, forKey: attribute) == nil else {
                throw invalid(attribute, "header '\(name)' is given twice")
            }
        }
        try checkVersion(attributes.removeValue(forKey: "specversion"))
        return attributes
    }

    private static func checkVersion(_ version: String?) throws(EventRefusal) {
        guard version != CloudEvent.specificationVersion else { return }
        throw invalid(
            "specversion",
            version.map { "'specversion' is '\($0)'; it must be 1.0" }
                ?? "attribute 'specversion' is missing")
    }

    private static func invalid(_ attribute: String, _ reason: String) -> EventRefusal {
        EventRefusal(.invalid, reason, ["field": .string(attribute)])
    }
}
