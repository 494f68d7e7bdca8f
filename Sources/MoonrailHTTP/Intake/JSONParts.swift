import FoundationEssentials
import MoonrailCore

/// Where the parts of a JSON document lie, one level deep. Only for documents that were checked to
/// be well-formed.
struct JSONParts {
    /// A member of an object, with its value as it is written.
    struct Member {
        let name: String
        let value: UnsafeRawBufferPointer
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The members of an object in their order; nil when the document is something else.
    static func members(of document: UnsafeRawBufferPointer) -> [Member]? {
        var parts = JSONParts(document)
        guard parts.enter(UInt8(ascii: "{")) else { return nil }
        var members: [Member] = []
        while !parts.leave(UInt8(ascii: "}")) {
            guard let name = string(parts.value()) else { return nil }
            parts.skip(UInt8(ascii: ":"))
            members.append(Member(name: name, value: parts.value()))
            parts.skip(UInt8(ascii: ","))
        }
        return members
    }

    /// The elements of an array; nil when the document is something else.
    static func elements(of document: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
        var parts = JSONParts(document)
        guard parts.enter(UInt8(ascii: "[")) else { return nil }
        var elements: [UnsafeRawBufferPointer] = []
        while !parts.leave(UInt8(ascii: "]")) {
            elements.append(parts.value())
            parts.skip(UInt8(ascii: ","))
        }
        return elements
    }

    /// What a string says; nil when the value is none.
    static func string(_ value: UnsafeRawBufferPointer) -> String? {
        guard value.first == UInt8(ascii: "\"") else { return nil }
        guard value.contains(UInt8(ascii: "\\")) else {
            return String(decoding: value.part(1, value.count - 2), as: UTF8.self)
        }
        return try? JSONDecoder().decode(String.self, from: Data(value))
    }

    private mutating func enter(_ bracket: UInt8) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == bracket else { return false }
        at += 1
        return true
    }

    /// Whether the next thing is the end, which is also that of all bytes.
    private mutating func leave(_ bracket: UInt8) -> Bool {
        skipSpace()
        return at >= bytes.count || bytes[at] == bracket
    }

    private mutating func skip(_ separator: UInt8) {
        skipSpace()
        if at < bytes.count, bytes[at] == separator { at += 1 }
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    /// The value that begins here; goes behind it.
    private mutating func value() -> UnsafeRawBufferPointer {
        skipSpace()
        let start = at
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return bytes.part(start, at - start) }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of what this value is a part of ends a number or a word.
                if depth == 0 { return bytes.part(start, at - start) }
                depth -= 1
                if depth == 0 {
                    at += 1
                    return bytes.part(start, at - start)
                }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return bytes.part(start, at - start) }
            default: break
            }
            at += 1
        }
        return bytes.part(start, at - start)
    }

    private mutating func skipString() {
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        at = min(at + 1, bytes.count)
    }
}
