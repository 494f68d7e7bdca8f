import MoonrailCore
import Synchronization

/// Stations that nobody else publishes into, as far as this process has seen: its events can be
/// stored there one right behind the other.
final class Followers: Sendable {
    /// How often events are still sent with a receipt each.
    private let interrupted = Mutex<[StationName: Int]>([:])

    /// After somebody came in between, so often events have a receipt each: sending twice what is
    /// interrupted then costs a hundredth.
    private static let pause = 256

    func mayFollow(_ station: StationName) -> Bool {
        interrupted.withLock { interrupted in
            guard let left = interrupted[station] else { return true }
            interrupted[station] = left > 1 ? left - 1 : nil
            return false
        }
    }

    func wasInterrupted(_ station: StationName) {
        interrupted.withLock { $0[station] = Self.pause }
    }
}
