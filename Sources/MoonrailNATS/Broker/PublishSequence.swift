import CNATS

/// Messages that are sent one behind the other, until one can't be.
struct PublishSequence {
    private let connection: OpaquePointer
    private let bin: MessageBin
    private var reply: ReplySubject
    private var fields = HeaderFields()
    /// Messages with a receipt that were sent.
    private(set) var receipts = 0
    /// Why no more are sent.
    private(set) var fault: BrokerFault?

    /// - Parameter prefix: what the subject of a receipt begins with; the message's number follows.
    init(_ connection: OpaquePointer, _ prefix: String, _ bin: MessageBin) {
        self.connection = connection
        self.bin = bin
        reply = ReplySubject(prefix)
    }

    /// - Parameters:
    ///   - receipt: whether the broker is to tell what became of it.
    ///   - headers: writes the message's headers.
    mutating func publish(
        _ subject: String, _ payload: UnsafeRawBufferPointer, receipt: Bool = true,
        headers: (inout HeaderFields) -> Void
    ) {
        guard fault == nil else { return }
        guard natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED else {
            fault = .disconnected
            return
        }
        fields.removeAll()
        headers(&fields)
        var message: OpaquePointer?
        let payload = payload.bindMemory(to: CChar.self)
        let made = reply.withText(receipts) {
            natsMsg_Create(
                &message, subject, receipt ? $0 : nil, payload.baseAddress, Int32(payload.count))
        }
        guard made == NATS_OK, let message else {
            fault = .disconnected
            return
        }
        defer { bin.take(message, bytes: payload.count) }
        guard fields.set(on: message) else {
            fault = .disconnected
            return
        }
        let status = natsConnection_PublishMsg(connection, message)
        if status == NATS_OK {
            receipts += receipt ? 1 : 0
        } else {
            fault = status == NATS_MAX_PAYLOAD ? .tooLarge : .disconnected
        }
    }
}

/// Subjects that differ in the number at their end.
private struct ReplySubject {
    private var text: [UInt8]
    private let prefixCount: Int

    init(_ prefix: String) {
        text = Array(prefix.utf8)
        prefixCount = text.count
    }

    mutating func withText<Result>(
        _ number: Int, _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        text.removeSubrange(prefixCount...)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var count = 0
            var rest = number
            repeat {
                digits[count] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
                count += 1
            } while rest > 0
            text.append(contentsOf: digits[..<count].reversed())
        }
        text.append(0)
        return text.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress) }
        }
    }
}
