import CJSON
import MoonrailCore

/// Checks one JSON document after the other, and finds values in the last one.
struct LineDocument: ~Copyable {
    /// A document that is not JSON; the sentence says why.
    struct Malformed: Error {
        let reason: String
    }

    /// What stands at a field path.
    enum Field {
        /// A scalar, whose text was copied.
        case text
        /// Nothing, or null, which is as good.
        case missing
        /// Only scalars have a text; the words say what stands there instead.
        case notScalar(String)
    }

    /// Readable bytes that must follow a document.
    static let padding = Int(MOONRAIL_JSON_PADDING)

    private let parser: OpaquePointer

    /// - Throws: `unavailable` when memory is short.
    init() throws(EngineError) {
        guard let parser = moonrail_json_parser_create(IntakeBounds.nesting) else {
            throw .unavailable("memory is short: no room for a JSON parser")
        }
        self.parser = parser
    }

    deinit {
        moonrail_json_parser_destroy(parser)
    }

    /// Checks that `line`, behind which `padding` bytes are readable, is one JSON document.
    borrowing func check(_ line: UnsafeRawBufferPointer) throws(Malformed) {
        let code = moonrail_json_parse(
            parser, line.baseAddress?.assumingMemoryBound(to: CChar.self), line.count, true)
        guard code != 0 else { return }
        throw Malformed(
            reason: "not JSON: " + String(cString: moonrail_json_error_message(code)))
    }

    /// As `check`, of a document behind which nothing need be readable.
    borrowing func check(unpadded document: [UInt8]) throws(Malformed) {
        let code = document.withUnsafeBytes {
            moonrail_json_parse(
                parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, false)
        }
        guard code != 0 else { return }
        throw Malformed(
            reason: "not JSON: " + String(cString: moonrail_json_error_message(code)))
    }

    /// Makes `text` the text of the scalar at `path` of the last document that was checked: what a
    /// string says, or the shortest form of a number.
    borrowing func text(at path: [UInt8], into text: inout [UInt8]) -> Field {
        let value = path.withUnsafeBytes {
            moonrail_json_find(
                parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        text.removeAll(keepingCapacity: true)
        switch value.kind {
        case MOONRAIL_JSON_STRING:
            text.append(
                contentsOf: UnsafeRawBufferPointer(start: value.text, count: value.text_length))
        case MOONRAIL_JSON_INT64: text.append(contentsOf: String(value.int64).utf8)
        case MOONRAIL_JSON_UINT64: text.append(contentsOf: String(value.uint64).utf8)
        case MOONRAIL_JSON_DOUBLE: Self.append(value.float64, to: &text)
        case MOONRAIL_JSON_TRUE: text.append(contentsOf: "true".utf8)
        case MOONRAIL_JSON_FALSE: text.append(contentsOf: "false".utf8)
        case MOONRAIL_JSON_ARRAY: return .notScalar("a list")
        case MOONRAIL_JSON_OBJECT: return .notScalar("an object")
        default: return .missing
        }
        return .text
    }

    private static func append(_ number: Double, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(MOONRAIL_JSON_NUMBER_BYTES_MAX)
        ) { room in
            let length = moonrail_json_write_double(room.baseAddress, number)
            text.append(contentsOf: UnsafeRawBufferPointer(room).part(0, length))
        }
    }
}
