import MoonrailCore
import Synchronization

/// The reply to one request: it comes once, before or after somebody waits for it.
final class PendingReply: Sendable {
    /// A reply's whole frame, or `died` with the reason.
    typealias Value = Result<[UInt8], HostError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case come(Value)
    }

    private let state = Mutex(State.open)

    /// Hands the reply to whoever waits for it now or later. To be called once.
    func come(_ value: Value) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
            guard case .awaited(let waiting) = state else {
                state = .come(value)
                return nil
            }
            state = .open
            return waiting
        }
        waiting?.resume(returning: value)
    }

    /// Waits for the reply. To be called once at most: nobody has to want it. Not ended by
    /// cancellation.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state -> Value? in
                guard case .come(let value) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                // What it holds is large, and this object may be kept.
                state = .open
                return value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
