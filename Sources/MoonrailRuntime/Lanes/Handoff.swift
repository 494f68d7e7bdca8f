import Synchronization

/// Hands values from one task to another, in order, and holds at most `capacity` of them, or what
/// together weighs about `weightMaximum`: a fast giver waits for a slow taker.
///
/// For one giver and one taker. Cancelling either wakes it: a giver's value is then dropped, a
/// taker gets the end.
final class Handoff<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        /// Of the values together.
        var weight = 0
        var isFinished = false
        /// The giver that waits for room, or the taker that waits for a value.
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let capacity: Int
    private let weightMaximum: Int
    private let weight: @Sendable (Value) -> Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - weightMaximum: reached, it leaves no room for another value, however few there are; one
    ///     value always has room.
    ///   - weight: what a value weighs, asked once.
    init(
        capacity: Int, weightMaximum: Int = .max,
        weight: @escaping @Sendable (Value) -> Int = { _ in 0 }
    ) {
        self.capacity = capacity
        self.weightMaximum = weightMaximum
        self.weight = weight
    }

    /// Waits for room, then gives the value. After `finish` or a cancellation it is dropped.
    func give(_ value: Value) async {
        let weight = weight(value)
        while true {
            var taker: CheckedContinuation<Void, Never>?
            let given = state.withLock { state in
                if state.isFinished { return true }
                guard hasRoom(state) else { return false }
                state.values.append(value)
                state.weight += weight
                taker = state.waiting.take()
                return true
            }
            taker?.resume()
            if given || Task.isCancelled { return }
            await wait { $0.isFinished || self.hasRoom($0) }
        }
    }

    private func hasRoom(_ state: State) -> Bool {
        state.values.count < capacity && state.weight < weightMaximum
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
            let values = takeNow()
            if !values.isEmpty { return values }
            if state.withLock({ $0.isFinished && $0.values.isEmpty }) || Task.isCancelled {
                return nil
            }
            await wait { $0.isFinished || !$0.values.isEmpty }
        }
    }

    /// Takes all values that are there, if any. Does not wait.
    func takeNow() -> [Value] {
        let (values, giver) = state.withLock { state in
            var values: [Value] = []
            swap(&values, &state.values)
            state.weight = 0
            return (values, values.isEmpty ? nil : state.waiting.take())
        }
        giver?.resume()
        return values
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
