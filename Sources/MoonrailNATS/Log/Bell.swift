import Synchronization

/// Wakes those who wait for something to change.
final class Bell: Sendable {
    private let waiters = Mutex<[ObjectIdentifier: Waiter]>([:])

    /// One who waits, at one bell or several.
    final class Waiter: Sendable {
        private enum State {
            case idle, rung
            case waiting(CheckedContinuation<Void, Never>)
        }

        private let state = Mutex(State.idle)

        /// Waits until a bell rang since it was made, or the task is cancelled.
        func wait() async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isRung = state.withLock { state in
                        if case .rung = state { return true }
                        state = .waiting(continuation)
                        return false
                    }
                    if isRung { continuation.resume() }
                }
            } onCancel: {
                ring()
            }
        }

        func ring() {
            let before = state.withLock { state in
                defer { state = .rung }
                return state
            }
            if case .waiting(let continuation) = before { continuation.resume() }
        }
    }

    /// Has the waiter hear this bell until `leave`.
    func enter(_ waiter: Waiter) {
        waiters.withLock { $0[ObjectIdentifier(waiter)] = waiter }
    }

    func leave(_ waiter: Waiter) {
        waiters.withLock { $0[ObjectIdentifier(waiter)] = nil }
    }

    func ring() {
        for waiter in waiters.withLock({ $0.values }) { waiter.ring() }
    }
}
