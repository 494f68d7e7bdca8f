import CNATS

/// Messages that are sent one behind the other, until one can't be.
struct PublishSequence {
    private let connection: OpaquePointer
    private let prefix: String
    private var fields = HeaderFields()
    /// Messages that were sent.
    private(set) var sent = 0
    /// Why no more are sent.
    private(set) var fault: BrokerFault?

    init(_ connection: OpaquePointer, _ prefix: String) {
        self.connection = connection
        self.prefix = prefix
    }

    /// - Parameter headers: writes the message's headers.
    mutating func publish(
        _ subject: String, _ payload: UnsafeRawBufferPointer,
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
        let made = natsMsg_Create(
            &message, subject, prefix + String(sent), payload.baseAddress, Int32(payload.count))
        guard made == NATS_OK, let message else {
            fault = .disconnected
            return
        }
        defer { natsMsg_Destroy(message) }
        guard fields.set(on: message) else {
            fault = .disconnected
            return
        }
        let status = natsConnection_PublishMsg(connection, message)
        if status == NATS_OK {
            sent += 1
        } else {
            fault = status == NATS_MAX_PAYLOAD ? .tooLarge : .disconnected
        }
    }
}
