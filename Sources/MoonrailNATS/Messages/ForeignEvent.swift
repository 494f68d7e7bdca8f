import CNATS
import Foundation
import MoonrailCore

/// Reads what a client that knows nothing of Moonrail published.
enum ForeignEvent {
    /// Headers that say something else than what an event's headers are.
    private static let ownHeaders: Set<String> = [
        "content-type", "ce-id", "ce-time", "ce-type", "ce-partitionkey", "ce-specversion",
    ]

    /// - Parameter appended: when the stream took it: its time where it has none.
    static func read(_ message: borrowing TakenMessage, appended: EventTime) -> Event {
        let key = message.header("ce-partitionkey").map(percentDecoded)
        let payload = Array(message.payload)
        let id =
            text(message.header("Nats-Msg-Id"), Bounds.idBytes)
            ?? text(message.header("ce-id"), Bounds.idBytes)
        return Event(
            id: id.map { .text($0) },
            key: key.flatMap { $0.count > Bounds.keyBytes ? nil : $0 },
            time: text(message.header("ce-time"), 64).flatMap { EventTime($0) } ?? appended,
            type: text(message.header("ce-type"), Bounds.typeBytes), headers: headers(of: message),
            payload: payload, isJSON: JSONCheck.isDocument(payload))
    }

    private static func text(_ field: UnsafeRawBufferPointer?, _ bytesMaximum: Int) -> String? {
        field.map(percentDecoded).flatMap {
            $0.isEmpty || $0.count > bytesMaximum ? nil : String(validating: $0, as: UTF8.self)
        }
    }

    /// What other headers say, in the order of their names: attributes of CloudEvents by their
    /// names, the rest as they are called. What is over the bounds of headers is left out.
    private static func headers(of message: borrowing TakenMessage) -> [Event.Header] {
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
