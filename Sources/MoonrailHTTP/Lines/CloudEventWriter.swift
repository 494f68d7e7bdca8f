import CJSON
import FoundationEssentials
import MoonrailCore
import NIOCore

/// Writes events in the JSON format of CloudEvents 1.0, each on a line.
enum CloudEventWriter {
    /// Names, quotes and separators of one member, and what stands around the data.
    private static let memberBytes = 8
    private static let frameBytes = 64

    /// The lines of the first `count` events.
    static func lines(of events: StoredEvents, count: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        for index in 0..<count {
            let event = CloudEvent(events, index)
            let attributes = event.ordered
            // Escaped, a byte takes six at most; data that is text may be, too.
            let room =
                attributes.reduce(frameBytes + 6 * event.payload.count) {
                    $0 + memberBytes + 6 * ($1.name.utf8.count + $1.value.utf8.count)
                }
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
                var cursor = ByteCursor(memory)
                write(event, attributes, to: &cursor)
                return cursor.count
            }
        }
        return buffer
    }

    private static func write(
        _ event: CloudEvent, _ attributes: [(name: String, value: String)],
        to cursor: inout ByteCursor
    ) {
        var separator: StaticString = "{"
        for (name, value) in attributes {
            cursor.append(separator)
            separator = ","
            append(name, to: &cursor)
            cursor.append(":")
            append(value, to: &cursor)
        }
        event.payload.withUnsafeBytes { payload in
            if event.isJSON {
                cursor.append(#","data":"#)
                cursor.append(document: payload)
            } else if payload.isEmpty {
                // An event without data.
            } else if isText(event), isUTF8(payload) {
                cursor.append(#","data":"#)
                cursor.append(quoted: payload)
            } else {
                cursor.append(#","data_base64":""#)
                cursor.append(base64: payload)
                cursor.append("\"")
            }
        }
        cursor.append("}\n")
    }

    /// Whether the data is text by its type, and so stands as a string.
    private static func isText(_ event: CloudEvent) -> Bool {
        event.attributes["datacontenttype"].flatMap { ContentType($0) }?.isText == true
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let characters = bytes.assumingMemoryBound(to: CChar.self)
        return moonrail_json_is_utf8(characters.baseAddress, characters.count)
    }

    private static func append(_ text: String, to cursor: inout ByteCursor) {
        var text = text
        text.withUTF8 { cursor.append(quoted: UnsafeRawBufferPointer($0)) }
    }
}
