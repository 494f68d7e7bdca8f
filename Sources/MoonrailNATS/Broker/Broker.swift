import CNATS
import Foundation
import MoonrailCore
import Synchronization

/// A connection to a NATS server or a cluster of them, which is made anew whenever it breaks.
///
/// Nothing is held back while there is no connection: what can't be sent is refused, so that
/// whoever sends keeps the order of what it sends. No call blocks a thread but `init`.
final class Broker: Sendable {
    let settings: BrokerSettings
    let inbox: Inbox
    private let token: String
    private let readers = Atomic<UInt64>(0)
    /// The library's connection, which any thread may use (libnats, "Thread safety").
    private nonisolated(unsafe) let connection: OpaquePointer
    private nonisolated(unsafe) let answers: OpaquePointer
    private let isClosed = Atomic(false)
    private let sent = MessageBin()
    /// Where messages are written, which waits when the network is slow.
    private let writing = DispatchQueue(label: "moonrail.broker")

    /// Threads that take what the broker sends, shared by all subscriptions.
    private static let deliveryThreads: Int32 = 2

    /// Connects. Blocks for as long as that takes.
    ///
    /// - Throws: `unavailable` when no server lets this side in.
    init(_ settings: BrokerSettings) throws(EngineError) {
        self.settings = settings
        token = "moonrail-" + UUID().uuidString.replacing("-", with: "").lowercased()
        inbox = Inbox(token: token + ".a")
        nats_SetMessageDeliveryPoolSize(Self.deliveryThreads)
        let options = try BrokerOptions(settings)
        // Given back when the library says that it calls no more.
        let closure = Unmanaged.passRetained(inbox).toOpaque()
        natsOptions_SetDisconnectedCB(
            options.pointer,
            { _, closure in
                guard let closure else { return }
                Unmanaged<Inbox>.fromOpaque(closure).takeUnretainedValue().broke()
            }, closure)
        // Without a handler the library writes errors to the standard error by itself.
        natsOptions_SetErrorHandler(
            options.pointer,
            { connection, _, status, closure in
                guard let closure, status == NATS_NOT_PERMITTED else { return }
                let violation = PermissionViolation(Broker.lastError(of: connection))
                Unmanaged<Inbox>.fromOpaque(closure).takeUnretainedValue().refused(violation)
            }, closure)
        natsOptions_SetClosedCB(
            options.pointer,
            { connection, closure in
                guard let closure else { return }
                let inbox = Unmanaged<Inbox>.fromOpaque(closure).takeRetainedValue()
                inbox.gaveUp(because: Broker.lastError(of: connection))
            }, closure)
        var connection: OpaquePointer?
        let status = natsConnection_Connect(&connection, options.pointer)
        guard status == NATS_OK, let connection else {
            let text = nats_GetLastError(nil).map { String(cString: $0) } ?? ""
            throw .noConnection(settings, status, text)
        }
        var answers: OpaquePointer?
        let subscribed = natsConnection_Subscribe(
            &answers, connection, inbox.prefix + ">",
            { _, _, message, closure in
                guard let message, let closure else { return }
                let inbox = Unmanaged<Inbox>.fromOpaque(closure).takeUnretainedValue()
                inbox.took(TakenMessage(message, inbox.bin))
            }, Unmanaged.passRetained(inbox).toOpaque())
        guard subscribed == NATS_OK, let answers else {
            natsConnection_Destroy(connection)
            let reason = String(cString: natsStatus_GetText(subscribed))
            throw .unavailable("the broker lets nobody subscribe: \(reason)")
        }
        natsSubscription_SetOnCompleteCB(
            answers,
            { closure in
                guard let closure else { return }
                Unmanaged<Inbox>.fromOpaque(closure).release()
            }, closure)
        // Bounded by who asks: receipts and answers are small.
        natsSubscription_SetPendingLimits(answers, -1, -1)
        self.connection = connection
        self.answers = answers
    }

    private static func lastError(of connection: OpaquePointer?) -> String {
        var text: UnsafePointer<CChar>?
        _ = natsConnection_GetLastError(connection, &text)
        return text.map { String(cString: $0) } ?? ""
    }

    deinit {
        close()
        natsSubscription_Destroy(answers)
        natsConnection_Destroy(connection)
    }

    /// Ends the connection; whoever waits is told so. May be repeated.
    func close() {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        natsConnection_Close(connection)
        inbox.close()
    }

    /// Whether there is a connection now.
    var isConnected: Bool { natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED }

    /// Bytes of the largest message that the server takes, headers included.
    var payloadMaximum: Int { Int(natsConnection_GetMaxPayload(connection)) }

    /// Asks something of the broker's own interface, or of anybody who answers to a subject.
    func ask(
        _ subject: String, _ payload: [UInt8] = [], timeout: Duration? = nil
    ) async throws(BrokerFault) -> BrokerMessage {
        let timeout = timeout ?? settings.timeout
        let result = await inbox.answer(of: subject, within: timeout) { reply in
            guard isConnected else { return .disconnected }
            let status = payload.withUnsafeBytes {
                natsConnection_PublishRequest(
                    connection, subject, reply, $0.baseAddress, Int32($0.count))
            }
            return status == NATS_OK ? nil : .disconnected
        }
        return try result.get()
    }

    /// Sends a message to which no answer is expected.
    func send(_ subject: String, reply: String, _ payload: [UInt8]) -> Bool {
        guard isConnected else { return false }
        return payload.withUnsafeBytes {
            natsConnection_PublishRequest(
                connection, subject, reply, $0.baseAddress, Int32($0.count))
        } == NATS_OK
    }

    /// Publishes messages one after another without waiting in between, and waits for all receipts.
    ///
    /// - Parameters:
    ///   - count: of the messages.
    ///   - subjects: all that they go to.
    ///   - body: gives them in order; runs on a thread that may wait for the network.
    /// - Returns: a receipt for each. Once one can't be sent none behind it is.
    func publish(
        count: Int, to subjects: [String], timeout: Duration? = nil,
        _ body: @escaping @Sendable (inout PublishSequence) -> Void
    ) async -> [PublishReceipt] {
        await receipts(of: send(receipts: count, to: subjects, timeout: timeout, body))
    }

    /// Sends messages one after another, behind those of earlier calls, and waits for nothing.
    ///
    /// - Parameters:
    ///   - count: of the messages that have a receipt.
    ///   - subjects: all that they go to.
    ///   - body: gives them in order; runs on a thread that may wait for the network.
    func send(
        receipts count: Int, to subjects: [String], timeout: Duration? = nil,
        _ body: @escaping @Sendable (inout PublishSequence) -> Void
    ) -> SentMessages {
        let batch = PublishBatch(
            count: count, to: subjects, deadline: .now + (timeout ?? settings.timeout))
        let (number, prefix) = inbox.register(batch)
        writing.async { [self] in
            var sequence = PublishSequence(connection, prefix, sent)
            body(&sequence)
            if let fault = sequence.fault { batch.fail(fault, from: sequence.receipts) }
        }
        return SentMessages(batch: batch, number: number)
    }

    /// Waits for the receipts of messages that were sent; asked once.
    func receipts(of sent: SentMessages) async -> [PublishReceipt] {
        defer { inbox.forget(sent.number) }
        return await sent.batch.receipts()
    }

    /// Has `took` called with every message that comes to a subject of this connection's own.
    ///
    /// - Parameter took: called on a thread of the library's; it must not wait.
    func subscribe(
        _ took: @escaping @Sendable (borrowing TakenMessage) -> Void
    ) throws(BrokerFault) -> BrokerSubscription {
        let number = readers.wrappingAdd(1, ordering: .relaxed).newValue
        let subject = "_INBOX.\(token).r.\(number)"
        var subscription: OpaquePointer?
        let closure = Unmanaged.passRetained(MessageHandler(took))
        let status = natsConnection_Subscribe(
            &subscription, connection, subject,
            { _, _, message, closure in
                guard let message, let closure else { return }
                let handler = Unmanaged<MessageHandler>.fromOpaque(closure).takeUnretainedValue()
                handler.took(TakenMessage(message, handler.bin))
            }, closure.toOpaque())
        guard status == NATS_OK, let subscription else {
            closure.release()
            throw .disconnected
        }
        natsSubscription_SetPendingLimits(subscription, -1, -1)
        natsSubscription_SetOnCompleteCB(
            subscription,
            { closure in
                guard let closure else { return }
                Unmanaged<MessageHandler>.fromOpaque(closure).release()
            }, closure.toOpaque())
        return BrokerSubscription(subscription, subject: subject)
    }
}

/// Messages under way.
struct SentMessages: Sendable {
    fileprivate let batch: PublishBatch
    fileprivate let number: UInt64
}

/// What a subscription calls.
private final class MessageHandler: Sendable {
    let took: @Sendable (borrowing TakenMessage) -> Void
    let bin = MessageBin()

    init(_ took: @escaping @Sendable (borrowing TakenMessage) -> Void) {
        self.took = took
    }
}

/// A subscription, which ends with it.
final class BrokerSubscription: Sendable {
    let subject: String
    /// The library's subscription: safe, as any thread may use it.
    private nonisolated(unsafe) let pointer: OpaquePointer

    init(_ pointer: OpaquePointer, subject: String) {
        self.pointer = pointer
        self.subject = subject
    }

    deinit {
        natsSubscription_Unsubscribe(pointer)
        natsSubscription_Destroy(pointer)
    }
}
