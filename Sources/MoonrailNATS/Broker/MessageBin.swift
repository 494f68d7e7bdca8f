import CNATS
import Synchronization

/// Messages of the library's that are done with, until there are enough to be given back at once.
///
/// The library frees messages on a thread of its own, which it wakes for each that it gets while
/// that thread waits: given back one by one, a fifth of all work would be waking it.
final class MessageBin: Sendable {
    private struct State {
        /// Safe: each is here alone, and nobody else has it any more.
        nonisolated(unsafe) var messages: [OpaquePointer] = []
        var bytes = 0
    }

    private let state = Mutex(State())

    /// Messages and bytes kept at most.
    private static let most = 128
    private static let mostBytes = 256 << 10

    deinit {
        Self.giveBack(state.withLock { $0.messages })
    }

    /// Takes a message that nobody uses any more.
    ///
    /// - Parameter bytes: of its payload.
    func take(_ message: OpaquePointer, bytes: Int) {
        let done = state.withLock { state -> [OpaquePointer] in
            state.messages.append(message)
            state.bytes += bytes
            guard state.messages.count >= Self.most || state.bytes >= Self.mostBytes else {
                return []
            }
            defer { state = State() }
            return state.messages
        }
        Self.giveBack(done)
    }

    private static func giveBack(_ messages: [OpaquePointer]) {
        for message in messages { natsMsg_Destroy(message) }
    }
}
