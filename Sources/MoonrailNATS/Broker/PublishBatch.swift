import Synchronization

/// What became of a message that was published.
enum PublishReceipt: Hashable, Sendable {
    /// The stream has it under this sequence number.
    case stored(UInt64)
    /// The stream has one of the same id, under this sequence number.
    case duplicate(UInt64)
    case failed(BrokerFault)
}

/// Messages that were published one after another without waiting, and the receipts they get.
final class PublishBatch: Sendable {
    /// When receipts are no longer waited for.
    let deadline: ContinuousClock.Instant
    /// Where its messages go.
    let subjects: [String]
    private let state: Mutex<State>

    private struct State {
        var receipts: [PublishReceipt?]
        var missing: Int
        var continuation: CheckedContinuation<Void, Never>?
    }

    init(count: Int, to subjects: [String], deadline: ContinuousClock.Instant) {
        self.deadline = deadline
        self.subjects = subjects
        state = Mutex(State(receipts: Array(repeating: nil, count: count), missing: count))
    }

    /// Takes the receipt of message number `index`; only its first counts.
    func took(_ receipt: PublishReceipt, of index: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.receipts.indices.contains(index), state.receipts[index] == nil else {
                return nil
            }
            state.receipts[index] = receipt
            state.missing -= 1
            return state.missing == 0 ? state.continuation.take() : nil
        }
        continuation?.resume()
    }

    /// Gives all messages without a receipt this fault.
    func fail(_ fault: BrokerFault, from first: Int = 0) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            for index in state.receipts.indices.dropFirst(first)
            where state.receipts[index] == nil {
                state.receipts[index] = .failed(fault)
                state.missing -= 1
            }
            return state.missing == 0 ? state.continuation.take() : nil
        }
        continuation?.resume()
    }

    /// Waits until every message has its receipt, and answers with them in order.
    func receipts() async -> [PublishReceipt] {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.missing == 0 { return true }
                state.continuation = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
        return state.withLock { $0.receipts.map { $0 ?? .failed(.unanswered) } }
    }
}
