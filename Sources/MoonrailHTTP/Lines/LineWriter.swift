import Hummingbird
import MoonrailCore
import NIOCore

/// Assembles the lines of whole batches, each in one buffer, without allocating per event.
package struct LineWriter {
    package let format: LineFormat
    private var times = TimeText()

    package init(format: LineFormat) {
        self.format = format
    }

    /// The lines of the first `count` events.
    package mutating func lines(of events: StoredEvents, count: Int) -> ByteBuffer {
        switch format {
        case .data: Self.dataLines(of: events, count: count)
        case .json: jsonLines(of: events, count: count)
        case .cloudevents: CloudEventWriter.lines(of: events, count: count)
        }
    }

    private static func dataLines(of events: StoredEvents, count: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        // Every record is longer than its payload by more than the line end.
        let room = events.records.bytes.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var cursor = ByteCursor(memory)
            events.records.forEachRecord(in: 0..<count) { _, record in
                if record.flags.contains(.json) {
                    cursor.append(document: record.payload)
                } else {
                    cursor.append(record.payload)
                }
                cursor.append(0x0A)
            }
            return cursor.count
        }
        return buffer
    }

    private mutating func jsonLines(of events: StoredEvents, count: Int) -> ByteBuffer {
        let layout = JSONLineLayout(events)
        var room = 0
        events.records.forEachRecord(in: 0..<count) { _, record in
            room += layout.bytesMaximum(of: record)
        }
        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var cursor = ByteCursor(memory)
            events.records.forEachRecord(in: 0..<count) { index, record in
                layout.write(record, offset: events.offsets[index], to: &cursor, times: &times)
            }
            return cursor.count
        }
        return buffer
    }
}
