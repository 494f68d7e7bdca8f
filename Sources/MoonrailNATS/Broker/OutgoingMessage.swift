import CNATS

/// A message that is about to be published.
struct OutgoingMessage {
    let subject: String
    var headers = HeaderFields()
    let payload: UnsafeRawBufferPointer

    /// - Returns: false when the connection does not take it.
    func send(on connection: OpaquePointer, reply: String) -> Bool {
        var message: OpaquePointer?
        let payload = payload.bindMemory(to: CChar.self)
        guard
            natsMsg_Create(&message, subject, reply, payload.baseAddress, Int32(payload.count))
                == NATS_OK, let message
        else { return false }
        defer { natsMsg_Destroy(message) }
        return headers.set(on: message) && natsConnection_PublishMsg(connection, message) == NATS_OK
    }
}

/// Names and values of a message's headers, as one buffer of texts that end with a zero.
struct HeaderFields {
    private var bytes: [CChar] = []
    private var starts: [Int] = []

    /// - Parameter value: writes the value, which holds no control character.
    mutating func add(_ name: StaticString, _ value: (inout HeaderValue) -> Void) {
        starts.append(bytes.count)
        name.withUTF8Buffer { for byte in $0 { bytes.append(CChar(bitPattern: byte)) } }
        bytes.append(0)
        starts.append(bytes.count)
        var writer = HeaderValue(bytes: bytes)
        bytes = []
        value(&writer)
        bytes = writer.bytes
        bytes.append(0)
    }

    mutating func add(_ name: StaticString, _ value: String) {
        add(name) { $0.put(value) }
    }

    func set(on message: OpaquePointer) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return true }
            return stride(from: 0, to: starts.count, by: 2).allSatisfy {
                natsMsgHeader_Add(message, base + starts[$0], base + starts[$0 + 1]) == NATS_OK
            }
        }
    }
}

/// A header's value while it is written.
struct HeaderValue {
    fileprivate var bytes: [CChar]

    /// Text without control characters.
    mutating func put(_ text: some StringProtocol) {
        for byte in text.utf8 { bytes.append(CChar(bitPattern: byte)) }
    }

    mutating func put(_ text: StaticString) {
        text.withUTF8Buffer { for byte in $0 { bytes.append(CChar(bitPattern: byte)) } }
    }

    mutating func put(_ number: some BinaryInteger) {
        put(String(number))
    }

    /// Bytes of any kind, percent-encoded as CloudEvents has it for headers: what is not printable
    /// ASCII, space, `"` and `%`.
    mutating func put(encoded field: UnsafeRawBufferPointer) {
        for byte in field {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                bytes.append(CChar(byte))
            } else {
                bytes.append(CChar(UInt8(ascii: "%")))
                bytes.append(Self.digit(byte >> 4))
                bytes.append(Self.digit(byte & 15))
            }
        }
    }

    /// Sixteen bytes as 32 hexadecimal digits.
    mutating func put(hexadecimal field: UnsafeRawBufferPointer) {
        for byte in field {
            bytes.append(Self.lowerDigit(byte >> 4))
            bytes.append(Self.lowerDigit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> CChar {
        CChar(value < 10 ? 0x30 + value : 0x41 + value - 10)
    }

    private static func lowerDigit(_ value: UInt8) -> CChar {
        CChar(value < 10 ? 0x30 + value : 0x61 + value - 10)
    }
}
