import CNATS
import MoonrailCore

/// Names and values of a message's headers, as one buffer of texts that end with a zero, used again
/// for the next message.
struct HeaderFields {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var clock = ClockText()

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    /// - Parameter value: writes the value, which holds no control character.
    mutating func add(_ name: StaticString, _ value: (inout HeaderFields) -> Void) {
        starts.append(bytes.count)
        put(name)
        bytes.append(0)
        starts.append(bytes.count)
        value(&self)
        bytes.append(0)
    }

    mutating func add(_ name: StaticString, _ value: String) {
        add(name) { $0.put(value) }
    }

    /// - Returns: false when the library has no memory for them.
    func set(on message: OpaquePointer) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return true }
            return stride(from: 0, to: starts.count, by: 2).allSatisfy {
                natsMsgHeader_Add(message, base + starts[$0], base + starts[$0 + 1]) == NATS_OK
            }
        }
    }

    /// Bytes that they take of a message, about.
    var byteCount: Int { bytes.count + 4 * starts.count + 16 }

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
        for digit in [byte >> 4, byte & 15] {
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : letters + digit - 10)
        }
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
        guard time.microseconds >= 0, part % 1_000 == 0 else {
            bytes.append(contentsOf: time.description.utf8)
            return
        }
        if self.second != second {
            self.second = second
            text = Array(EventTime(microseconds: second * 1_000_000).description.utf8.dropLast())
        }
        bytes.append(contentsOf: text)
        if part > 0 {
            let milliseconds = part / 1_000
            bytes.append(UInt8(ascii: "."))
            for unit: Int64 in [100, 10, 1] {
                bytes.append(UInt8(ascii: "0") + UInt8(milliseconds / unit % 10))
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}
