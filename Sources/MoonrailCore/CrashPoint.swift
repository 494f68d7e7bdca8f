import Glibc
import Synchronization

/// A place where the process can be told to end itself as `kill -9` would end it.
///
/// For tests of recovery alone: `MOONRAIL_CRASH_POINT=<name>[:<n>]` ends the process when it passes
/// that point for the n-th time (the first without n). Unset, a pass costs one comparison.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// A settlement was taken up and nothing of it is written.
    case settleBegin = "settle-begin"
    /// A group with a settlement is written and not committed.
    case settleWritten = "settle-written"
    /// A group with a settlement is on disk and nobody was told.
    case settleCommitted = "settle-committed"
    /// The store is open and its state loaded; nobody was served.
    case recovery
    /// A function was examined and its lanes don't run yet.
    case deploy
    /// Small chunks were merged and the merge is not committed.
    case merge
    /// Events past their retention were removed and the removal is not committed.
    case retention
    /// A backup is written in part.
    case backup
    /// A lane of a function was moved; those behind it were not.
    case reset
    /// Some keys of a lane that was moved have their state back; the lane does not run yet.
    case restore
    /// A function and its shadow have exchanged their names, and the exchange is not committed.
    case exchange

    package static let variable = "MOONRAIL_CRASH_POINT"

    private static let chosen = Choice(getenv(variable).map { String(cString: $0) })

    /// Ends the process if this is the chosen point and its turn has come.
    @inline(__always)
    package func pass() {
        if let chosen = Self.chosen { chosen.pass(self) }
    }

    private final class Choice: Sendable {
        private let point: CrashPoint
        private let left: Atomic<Int>

        init?(_ text: String?) {
            guard let text, !text.isEmpty else { return nil }
            let parts = text.split(separator: ":", maxSplits: 1)
            guard let name = parts.first, let point = CrashPoint(rawValue: String(name)),
                let turn = parts.count == 1 ? 1 : Int(parts[1]), turn > 0
            else {
                // A point that is never met would make its test pass for nothing.
                let known = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
                let message = "\(CrashPoint.variable) is '\(text)'; known: \(known)\n"
                write(2, message, message.utf8.count)
                exit(2)
            }
            self.point = point
            left = Atomic(turn)
        }

        func pass(_ passed: CrashPoint) {
            guard passed == point else { return }
            if left.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), SIGKILL) }
        }
    }
}
