import FoundationEssentials
import MoonrailHTTP
import NIOCore

/// Turns the JSON lines of a read into rows for people.
struct EventTable {
    private let showsPartition: Bool
    private var table: TextTable
    private var cutter = WholeLines()

    init(showsPartition: Bool) {
        self.showsPartition = showsPartition
        table = TextTable(
            (showsPartition ? [.right("partition")] : [])
                + [.right("offset"), .left("time"), .left("key"), .left("data")],
            lineWidth: Terminal.width)
    }

    /// The rows of the lines that are whole now; nil when none is.
    mutating func lines(_ part: ByteBuffer) -> String? {
        let rows = cutter.take(part)?.compactMap(row) ?? []
        return rows.isEmpty ? nil : table.lines(rows)
    }

    /// The heading alone, when there was no event.
    mutating func end() -> String? {
        table.hasHeading ? nil : table.lines([])
    }

    /// The members of a line that a row shows.
    private struct Line: Decodable {
        let partition: UInt32
        let offset: UInt64
        let time: String
        let key: String?
        let keyBase64: String?
        let payloadBase64: String?

        enum CodingKeys: String, CodingKey {
            case partition, offset, time, key
            case keyBase64 = "key_base64"
            case payloadBase64 = "payload_base64"
        }
    }

    private func row(_ line: ByteBufferView) -> [String]? {
        guard let event = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
            return nil
        }
        return (showsPartition ? ["\(event.partition)"] : []) + [
            "\(event.offset)", event.time, TerminalText.line(event.key ?? event.keyBase64 ?? "-"),
            event.payloadBase64 ?? Self.data(of: line),
        ]
    }

    /// The payload's own bytes: the last member, behind the headers. Inside a string of theirs the
    /// quotes would be escaped.
    private static func data(of line: ByteBufferView) -> String {
        let text = String(decoding: line, as: UTF8.self)
        guard let start = text.firstRange(of: #"},"data":"#) else { return "" }
        return TerminalText.line(String(text[start.upperBound...].dropLast()))
    }
}
