import Synchronization

/// Hands values from one task to another, in order, and holds at most `capacity` of them: a fast
/// giver waits for a slow taker.
///
/// For one giver and one taker. Cancelling either wakes it: a giver's value is then dropped, a
/// taker gets the end.
final class Handoff<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var isFinished = false
        /// The giver that waits for room, or the taker that waits for a value.
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Waits for room, then gives the value. After `finish` or a cancellation it is dropped.
    func give(_ value: Value) async {
        while true {
            var taker: CheckedContinuation<Void, Never>?
            let given = state.withLock { state in
                if state.isFinished { return true }
                guard state.values.count < capacity else { return false }
                state.values.append(value)
                taker = state.waiting.take()
                return true
            }
            taker?.resume()
            if given || Task.isCancelled { return }
            await wait { $0.isFinished || $0.values.count < self.capacity }
        }
    }

    /// Gives the value beyond the capacity, for what is rare and must not wait for its turn behind
    /// the giver. May be called by anybody. After `finish` it is dropped.
    func giveAtOnce(_ value: Value) {
        let taker = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.isFinished { return nil }
            state.values.append(value)
            // With values there, it is the giver that waits, for room that this did not make.
            return state.values.count == 1 ? state.waiting.take() : nil
        }
        taker?.resume()
    }

    /// Waits for a value and takes all that are there; nil after the last one.
    func takeAll() async -> [Value]? {
        while true {
            let (values, isFinished, giver) = state.withLock { state in
                let values = state.values
                state.values.removeAll(keepingCapacity: true)
                return (values, state.isFinished, values.isEmpty ? nil : state.waiting.take())
            }
            giver?.resume()
            if !values.isEmpty { return values }
            if isFinished || Task.isCancelled { return nil }
            await wait { $0.isFinished || !$0.values.isEmpty }
        }
    }

    /// Nothing more will be given. What was given can still be taken.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// Waits until somebody changes the state, unless `isReady` already holds.
    private func wait(until isReady: @Sendable (State) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    if isReady(state) || Task.isCancelled { return true }
                    state.waiting = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.take() }?.resume()
        }
    }
}
