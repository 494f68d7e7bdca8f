/// Attributes as headers of HTTP: the binary mode of CloudEvents' HTTP protocol binding 1.0.2,
/// section 3.1.3.
package enum CloudEventHeader {
    /// What the names of all such headers begin with; `datacontenttype` is `content-type`.
    package static let prefix = "ce-"

    /// A value as it stands in a header: space, `"`, `%` and what is not printable ASCII as UTF-8,
    /// percent-encoded.
    package static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return text
    }

    /// A value out of a header: one round of unquoting, then one of percent-decoding. A `%` that no
    /// two hexadecimal digits follow stands for itself, as many senders don't encode.
    ///
    /// - Returns: nil when what it stands for is not UTF-8.
    package static func decoded(_ header: String) -> String? {
        var rest = Array(unquoted(header).utf8)[...]
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                digits.allSatisfy({ Self.isHexadecimalDigit($0) }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// What a quoted string of RFC 9110, section 5.6.4, says; other texts as they are.
    private static func unquoted(_ header: String) -> String {
        guard header.count >= 2, header.first == "\"", header.last == "\"" else { return header }
        var text = ""
        var isEscaped = false
        for character in header.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }
}
