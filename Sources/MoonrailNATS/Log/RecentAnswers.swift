import MoonrailCore
import Synchronization

/// Which stations took an event a moment ago.
///
/// Of messages that are sent to a stream without a leader the first are lost, and the rest is
/// stored once there is one: sent again, the first would come behind the rest. Where nothing was
/// stored for a while the first of several is therefore sent alone.
final class RecentAnswers: Sendable {
    private let times = Mutex<[StationName: ContinuousClock.Instant]>([:])

    /// Servers take longer than this to agree on another leader.
    private static let recent = Duration.seconds(1)

    func isRecent(_ station: StationName) -> Bool {
        times.withLock { $0[station] }.map { .now - $0 < Self.recent } ?? false
    }

    func took(_ receipts: [PublishReceipt], of station: StationName) {
        switch receipts.last {
        case .stored, .duplicate: times.withLock { $0[station] = .now }
        case .failed, nil: times.withLock { $0[station] = nil }
        }
    }
}
