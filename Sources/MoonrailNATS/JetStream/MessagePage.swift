import MoonrailCore
import Synchronization

/// A message of a stream as it was read, with its bytes.
struct RawMessage: Sendable {
    let place: StreamPlace
    let payload: [UInt8]
}

extension JetStream {
    /// Messages of a subject from a sequence number on, as many as there are, at most `limit`.
    func messages(
        _ stream: String, subject: String, from first: UInt64, limit: Int
    ) async throws(BrokerFault) -> [RawMessage] {
        var configuration = ConsumerConfiguration(subject: subject, inactive: .seconds(5))
        configuration.opt_start_seq = max(1, first)
        return try await messages(stream, configuration, limit: limit)
    }

    /// The sequence number of the first message that a consumer gives; nil when it has none.
    func firstMessage(
        _ stream: String, _ configuration: ConsumerConfiguration
    ) async throws(BrokerFault) -> UInt64? {
        try await messages(stream, configuration, limit: 1).first?.place.sequence
    }

    /// The first messages that a consumer has when it is made, at most `limit`.
    private func messages(
        _ stream: String, _ configuration: ConsumerConfiguration, limit: Int
    ) async throws(BrokerFault) -> [RawMessage] {
        let page = MessagePage()
        let subscription = try broker.subscribe { page.took($0) }
        let info = try await createConsumer(stream, configuration)
        let count = Int(min(info.num_pending, UInt64(limit)))
        guard count > 0 else { return [] }
        let consumer = "\(stream).\(info.name)"
        defer { _ = broker.send("$JS.API.CONSUMER.DELETE." + consumer, reply: "", []) }
        let timeout = broker.settings.timeout
        let question = "{\"batch\":\(count),\"expires\":\(timeout.nanoseconds)}"
        guard
            broker.send(
                "$JS.API.CONSUMER.MSG.NEXT." + consumer, reply: subscription.subject,
                Array(question.utf8))
        else { throw .disconnected }
        return try await page.messages(count, within: timeout)
    }
}

/// Takes messages until there are as many as were asked for.
private final class MessagePage: Sendable {
    private struct State {
        var messages: [RawMessage] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let bell = Bell()

    func took(_ message: borrowing TakenMessage) {
        let place = message.place
        let payload = place == nil ? [] : Array(message.payload)
        let status = place == nil && !message.isNoResponders ? message.status : nil
        state.withLock { state in
            if let place {
                state.messages.append(RawMessage(place: place, payload: payload))
            } else if status != 100 {
                // What was there when the consumer was made may be gone.
                state.isOver = true
            }
        }
        bell.ring()
    }

    func messages(
        _ count: Int, within timeout: Duration
    ) async throws(BrokerFault) -> [RawMessage] {
        let end = ContinuousClock.now + timeout + .seconds(1)
        while true {
            let waiter = Bell.Waiter()
            bell.enter(waiter)
            defer { bell.leave(waiter) }
            let (messages, isOver) = state.withLock { ($0.messages, $0.isOver) }
            if messages.count >= count || isOver { return messages }
            if ContinuousClock.now > end || Task.isCancelled { throw .unanswered }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await waiter.wait() }
                group.addTask { try? await Task.sleep(for: .milliseconds(200)) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
