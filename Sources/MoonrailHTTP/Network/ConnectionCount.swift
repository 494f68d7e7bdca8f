import Synchronization

/// How many connections there are, of how many that there may be.
final class ConnectionCount: Sendable {
    /// What a new connection gets.
    enum Place: Hashable, Sendable {
        case seat
        /// It is told that there is no room.
        case refusal
        case none
    }

    private let maximum: Int
    private let count = Mutex(0)

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Takes a new connection in; every one is to be given back, whatever it got.
    func take() -> Place {
        count.withLock { count in
            count += 1
            if count <= maximum { return .seat }
            return count <= maximum + NetworkBounds.refusedAtOnce ? .refusal : .none
        }
    }

    func giveBack() {
        count.withLock { $0 -= 1 }
    }
}
