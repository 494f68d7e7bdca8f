import CJSON
import FoundationEssentials
import Glibc
import MoonrailCore

/// Writes bytes one after another into memory whose size was reckoned beforehand.
struct ByteCursor {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) {
        self.room = room
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let end = count + bytes.count
        precondition(end <= room.count, "lines outgrow the room reckoned for them")
        if let start = bytes.baseAddress, let target = room.baseAddress {
            memcpy(target + count, start, bytes.count)
        }
        count = end
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        precondition(count < room.count, "lines outgrow the room reckoned for them")
        room[count] = byte
        count += 1
    }

    mutating func append(decimal number: UInt64) {
        var number = number
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = 0x30 + UInt8(number % 10)
                number /= 10
            } while number != 0
            append(UnsafeRawBufferPointer(digits).part(start, digits.count - start))
        }
    }

    /// Appends a text as a JSON string with its quotes; bytes that are not UTF-8 are replaced.
    mutating func append(quoted text: UnsafeRawBufferPointer) {
        if text.isEmpty {
            append("\"\"")
        } else if !appendQuoted(text) {
            let repaired = Array(String(decoding: text, as: UTF8.self).utf8)
            repaired.withUnsafeBytes { _ = appendQuoted($0) }
        }
    }

    /// - Returns: false when the text, which is not empty, is not UTF-8; then nothing was appended.
    private mutating func appendQuoted(_ text: UnsafeRawBufferPointer) -> Bool {
        let characters = text.assumingMemoryBound(to: CChar.self)
        let bytes = moonrail_json_string_bytes(characters.baseAddress, characters.count)
        precondition(count + bytes <= room.count, "lines outgrow the room reckoned for them")
        let target = room.baseAddress.map { ($0 + count).assumingMemoryBound(to: CChar.self) }
        let written = moonrail_json_write_string(
            target, characters.baseAddress, characters.count)
        count += written
        return written > 0
    }

    /// Appends 16 raw bytes as 32 lowercase hexadecimal digits, or any others alike.
    mutating func append(hexadecimal bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            append(Self.hexadecimalDigit(byte >> 4))
            append(Self.hexadecimalDigit(byte & 0xF))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }

    /// Appends the bytes in base64 with padding (RFC 4648, section 4), without quotes.
    mutating func append(base64 bytes: UnsafeRawBufferPointer) {
        append(Array(Data(bytes).base64EncodedData()))
    }

    /// Appends a JSON document on one line: a line end inside it, which can only stand between its
    /// tokens, becomes a space.
    @inline(__always)
    mutating func append(document bytes: UnsafeRawBufferPointer) {
        let start = count
        append(bytes)
        guard let base = bytes.baseAddress,
            memchr(base, 0x0A, bytes.count) != nil || memchr(base, 0x0D, bytes.count) != nil
        else { return }
        for index in start..<count where room[index] == 0x0A || room[index] == 0x0D {
            room[index] = 0x20
        }
    }
}
