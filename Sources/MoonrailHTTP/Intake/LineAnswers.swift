import CJSON
import FoundationEssentials
import MoonrailCore
import NIOCore

/// The answers to the lines of one produce request, a JSON object each.
package struct LineAnswers: Sendable {
    private let station: StationName
    /// The answers as they came to be known.
    private var text: [UInt8] = []
    /// Where each of them stands.
    private var places: [Place] = []

    private struct Place: Sendable {
        let line: Int
        let range: Range<Int>
    }

    package init(station: StationName) {
        self.station = station
    }

    /// The line's event is stored at this place, now or before.
    mutating func note(
        _ record: EventRecord, line: Int, _ partition: UInt32, _ offset: UInt64, isDuplicate: Bool
    ) {
        let start = text.count
        let id =
            record.id?.description
            ?? positionalID(station: station, partition: partition, offset: offset)
        text += #"{"line":\#(line),"partition":\#(partition),"offset":\#(offset),"id":"#.utf8
        Self.quote(id, into: &text)
        text += #","duplicate":\#(isDuplicate)}"#.utf8
        end(line, from: start)
    }

    /// The line was not taken.
    mutating func refuse(_ refusal: EventRefusal, line: Int) {
        refuse(line: line, because: refusal.problem)
    }

    /// The line was not taken, or it is not known; as the last answer it stands for all lines
    /// behind it, too.
    mutating func refuse(line: Int, because problem: Problem) {
        let start = text.count
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        text += #"{"line":\#(line),"error":"#.utf8
        // Its members are texts and numbers, which JSON can hold.
        text += (try? encoder.encode(problem)).map { Array($0) } ?? Array("{}".utf8)
        text += "}".utf8
        end(line, from: start)
    }

    /// All answers in the order of the lines.
    package func body() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(text.count)
        text.withUnsafeBytes { text in
            for place in places.sorted(by: { $0.line < $1.line }) {
                buffer.writeBytes(text.part(place.range.lowerBound, place.range.count))
            }
        }
        return buffer
    }

    private mutating func end(_ line: Int, from start: Int) {
        text.append(0x0A)
        places.append(Place(line: line, range: start..<text.count))
    }

    private static func quote(_ string: String, into text: inout [UInt8]) {
        var string = string
        string.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                let room = moonrail_json_string_bytes(characters.baseAddress, characters.count)
                let quoted = [UInt8](unsafeUninitializedCapacity: room) { target, count in
                    count = target.withMemoryRebound(to: CChar.self) {
                        moonrail_json_write_string(
                            $0.baseAddress, characters.baseAddress, characters.count)
                    }
                }
                text += quoted
            }
        }
    }
}
