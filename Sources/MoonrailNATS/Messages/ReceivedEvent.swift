import CNATS
import Foundation
import MoonrailCore

/// Reads events out of the messages of a station's stream: of those that Moonrail wrote exactly what it
/// wrote, of others what their headers say.
struct ReceivedEvent {
    private static let ownHeaders: Set<String> = [
        "content-type", "ce-id", "ce-time", "ce-type", "ce-partitionkey", "ce-specversion",
    ]

    /// Appends the event of a message to `records`.
    ///
    /// - Parameter appended: when the stream took it: the time of an event without one.
    static func append(
        _ message: borrowing TakenMessage, appended: EventTime, to records: inout EventRecords
    ) {
        if let exact = message.header("Moonrail").flatMap({ ExactFields($0) }) {
            append(message, exact, to: &records)
        } else {
            records.append(foreign(message, appended: appended))
        }
    }

    private static func append(
        _ message: borrowing TakenMessage, _ exact: ExactFields, to records: inout EventRecords
    ) {
        let type = exact.hasType ? message.header("ce-type").map(percentDecoded) : nil
        let event = Event(
            id: exact.id.read(message.header("Nats-Msg-Id")),
            key: exact.hasKey ? message.header("ce-partitionkey").map(percentDecoded) ?? [] : nil,
            time: exact.time,
            type: type.map { String(decoding: $0, as: UTF8.self) },
            headers: message.header("Moonrail-Headers").map(headers) ?? [],
            payload: Array(message.payload), isJSON: exact.isJSON)
        guard let cause = exact.cause else {
            records.append(event, type: type)
            return
        }
        records.append(
            event,
            cause: Cause(
                origin: cause.origin, offset: cause.offset, emission: cause.emission,
                causationID: exact.causation.read(message.header("ce-causationid")),
                correlationID: exact.correlation.read(message.header("ce-correlationid")),
                hops: cause.hops), type: type)
    }

    private static func headers(_ field: UnsafeRawBufferPointer) -> [Event.Header] {
        let texts = field.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { percentDecoded(UnsafeRawBufferPointer(rebasing: $0)) }
            .map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: texts.count - 2, by: 2).map {
            Event.Header(texts[$0], texts[$0 + 1])
        }
    }

    /// What a client that knows nothing of Moonrail published.
    private static func foreign(
        _ message: borrowing TakenMessage, appended: EventTime
    ) -> Event {
        func text(_ name: StaticString, _ bytesMaximum: Int) -> String? {
            message.header(name).map(percentDecoded).flatMap {
                $0.isEmpty || $0.count > bytesMaximum
                    ? nil : String(validating: $0, as: UTF8.self)
            }
        }
        let key = message.header("ce-partitionkey").map(percentDecoded)
        let payload = Array(message.payload)
        return Event(
            id: (text("Nats-Msg-Id", Bounds.idBytes) ?? text("ce-id", Bounds.idBytes))
                .map { .text($0) },
            key: key.flatMap { $0.count > Bounds.keyBytes ? nil : $0 },
            time: text("ce-time", 64).flatMap { EventTime($0) } ?? appended,
            type: text("ce-type", Bounds.typeBytes), headers: foreignHeaders(message),
            payload: payload, isJSON: JSONCheck.isDocument(payload))
    }

    /// What other headers say, in the order of their names: attributes of CloudEvents by their names,
    /// the rest as they are called. What is over the bounds of headers is left out.
    private static func foreignHeaders(_ message: borrowing TakenMessage) -> [Event.Header] {
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var count: Int32 = 0
        guard natsMsgHeader_Keys(message.pointer, &names, &count) == NATS_OK, let names else {
            return []
        }
        defer { free(names) }
        var headers: [Event.Header] = []
        var bytes = 0
        for name in (0..<Int(count)).compactMap({ names[$0].map { String(cString: $0) } }).sorted()
        where !ownHeaders.contains(name.lowercased()) && !name.hasPrefix("Nats-") {
            var value: UnsafePointer<CChar>?
            guard natsMsgHeader_Get(message.pointer, name, &value) == NATS_OK, let value else {
                continue
            }
            let raw = UnsafeRawBufferPointer(start: value, count: strlenOf(value))
            let isAttribute = name.hasPrefix(CloudEventHeader.prefix)
            let short = isAttribute ? String(name.dropFirst(CloudEventHeader.prefix.count)) : name
            let text = String(
                decoding: isAttribute ? percentDecoded(raw) : Array(raw), as: UTF8.self)
            bytes += 3 + short.utf8.count + text.utf8.count
            guard (1...Bounds.headerNameBytes).contains(short.utf8.count),
                bytes <= Bounds.headersBytes
            else { break }
            headers.append(Event.Header(short, text))
        }
        return headers
    }
}

/// What the header `Moonrail` says (`EventMessage`).
struct ExactFields {
    enum IDKind: UInt8 {
        case none = 0x2D
        case text = 0x74
        case derived = 0x64

        func read(_ field: UnsafeRawBufferPointer?) -> EventID? {
            guard let field else { return nil }
            switch self {
            case .none: return nil
            case .text: return .text(String(decoding: percentDecoded(field), as: UTF8.self))
            case .derived:
                guard field.count == 32,
                    let high = UInt64(String(decoding: field[..<16], as: UTF8.self), radix: 16),
                    let low = UInt64(String(decoding: field[16...], as: UTF8.self), radix: 16)
                else { return nil }
                return .derived(high: high, low: low)
            }
        }
    }

    let isJSON: Bool
    let id: IDKind
    let causation: IDKind
    let correlation: IDKind
    let hasType: Bool
    let hasKey: Bool
    let time: EventTime
    let cause: (origin: Origin, offset: UInt64, emission: UInt16, hops: UInt16)?

    /// - Returns: nil when it is none that Moonrail writes.
    init?(_ field: UnsafeRawBufferPointer) {
        let words = field.split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2 || words.count == 10, let time = Int64(words[1]) else { return nil }
        let letters = Array(words[0].utf8)
        guard letters.count == 7, letters[0] == EventMessage.format.asciiValue,
            let id = IDKind(rawValue: letters[2]), let causation = IDKind(rawValue: letters[3]),
            let correlation = IDKind(rawValue: letters[4])
        else { return nil }
        isJSON = letters[1] == UInt8(ascii: "j")
        self.id = id
        self.causation = causation
        self.correlation = correlation
        hasType = letters[5] == UInt8(ascii: "t")
        hasKey = letters[6] == UInt8(ascii: "k")
        self.time = EventTime(microseconds: time)
        if words.count == 2 {
            cause = nil
            return
        }
        guard let hops = UInt16(words[2]), let offset = UInt64(words[3]),
            let emission = UInt16(words[4]), let generation = UInt32(words[5]),
            let station = try? StationName(words[6]), let partition = UInt32(words[7]),
            let function = try? FunctionName(words[8])
        else { return nil }
        cause = (
            Origin(
                function: function, version: FunctionVersion(text: words[9]),
                generation: generation, station: station, partition: partition),
            offset, emission, hops
        )
    }
}

/// The bytes that a percent-encoded text stands for; a `%` that no two digits follow is itself.
func percentDecoded(_ field: UnsafeRawBufferPointer) -> [UInt8] {
    guard field.contains(UInt8(ascii: "%")) else { return Array(field) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(field.count)
    var index = 0
    while index < field.count {
        if field[index] == UInt8(ascii: "%"), index + 2 < field.count,
            let high = hexadecimalDigit(field[index + 1]),
            let low = hexadecimalDigit(field[index + 2])
        {
            bytes.append(high << 4 | low)
            index += 3
        } else {
            bytes.append(field[index])
            index += 1
        }
    }
    return bytes
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
