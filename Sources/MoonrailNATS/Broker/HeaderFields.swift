import CNATS
import MoonrailCore

/// Names and values of a message's headers, in one buffer that is used again for the next message.
///
/// The library keeps a table with three allocations for each header that it is given, and then
/// writes names as they are: it is given one, whose name begins with all headers in front of it.
struct HeaderFields {
    private var bytes: [UInt8] = []
    /// Where the name of the last header ends; 0 when there is none.
    private var nameEnd = 0
    private var clock = ClockText()

    /// What stands between a name and its value; its first byte ends the last name.
    private static let separator: StaticString = ": "
    private static let lineEnd: StaticString = "\r\n"

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        nameEnd = 0
    }

    /// - Parameter value: writes the value, which holds no control character.
    mutating func add(_ name: StaticString, _ value: (inout HeaderFields) -> Void) {
        if nameEnd > 0 { put(Self.lineEnd) }
        put(name)
        nameEnd = bytes.count
        put(Self.separator)
        value(&self)
    }

    mutating func add(_ name: StaticString, _ value: String) {
        add(name) { $0.put(value) }
    }

    /// Gives them to a message. No more are added then.
    ///
    /// - Returns: false when the library has no memory for them.
    mutating func set(on message: OpaquePointer) -> Bool {
        guard nameEnd > 0 else { return true }
        bytes[nameEnd] = 0
        bytes.append(0)
        let value = nameEnd + Self.separator.utf8CodeUnitCount
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return false }
            return natsMsgHeader_Add(message, base, base + value) == NATS_OK
        }
    }

    // MARK: Values

    /// Text without control characters.
    mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeRawBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func put(_ number: UInt64) {
        if number == 0 { return bytes.append(UInt8(ascii: "0")) }
        let start = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    mutating func put(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        put(number.magnitude)
    }

    /// RFC 3339 in UTC.
    mutating func put(_ time: EventTime) {
        clock.append(time, to: &bytes)
    }

    /// Bytes of any kind, percent-encoded as CloudEvents has it for headers: what is not printable
    /// ASCII, space, `"` and `%`.
    mutating func put(encoded field: UnsafeRawBufferPointer) {
        for byte in field {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                put(byte, letters: UInt8(ascii: "A"))
            }
        }
    }

    /// Each byte as two hexadecimal digits.
    mutating func put(hexadecimal field: UnsafeRawBufferPointer) {
        for byte in field { put(byte, letters: UInt8(ascii: "a")) }
    }

    private mutating func put(_ byte: UInt8, letters: UInt8) {
        put(digit: byte >> 4, letters: letters)
        put(digit: byte & 15, letters: letters)
    }

    private mutating func put(digit: UInt8, letters: UInt8) {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : letters + digit - 10)
    }
}

/// Times as texts: those of one second share most of it.
private struct ClockText {
    private var second: Int64?
    private var text: [UInt8] = []

    mutating func append(_ time: EventTime, to bytes: inout [UInt8]) {
        let part = time.microseconds % 1_000_000
        let second = time.microseconds / 1_000_000
        // Others come seldom, and are left to who knows them.
        guard time.microseconds >= 0 else {
            bytes.append(contentsOf: time.description.utf8)
            return
        }
        if self.second != second {
            self.second = second
            text = Array(EventTime(microseconds: second * 1_000_000).description.utf8.dropLast())
        }
        bytes.append(contentsOf: text)
        if part > 0 {
            bytes.append(UInt8(ascii: "."))
            // Whole milliseconds have three digits, others six.
            let last: Int64 = part % 1_000 == 0 ? 1_000 : 1
            var unit: Int64 = 100_000
            while unit >= last {
                bytes.append(UInt8(ascii: "0") + UInt8(part / unit % 10))
                unit /= 10
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}
