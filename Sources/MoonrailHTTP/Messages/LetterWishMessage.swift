import MoonrailCore
import MoonrailRuntime

/// Which dead letters are meant, by exactly one member, and why they are skipped where they are.
package struct LetterWishMessage: Codable, Hashable, Sendable {
    package var ids: [String]?
    package var all: Bool?
    /// As in `LetterMessage.reason`.
    package var reason: String?
    /// Why they are skipped: one to `becauseBytes` bytes.
    package var because: String?

    /// Most ids that one request names.
    package static let idsMaximum = 1_000
    /// Most bytes of a reason to skip: a sentence or two.
    package static let becauseBytes = 1_024

    package init(
        ids: [String]? = nil, all: Bool? = nil, reason: String? = nil, because: String? = nil
    ) {
        self.ids = ids
        self.all = all
        self.reason = reason
        self.because = because
    }

    /// - Throws: `Problem` when it names no letters, or names them in two ways.
    func retry() throws(Problem) -> LetterWish {
        LetterWish(.retry, try selection())
    }

    /// - Throws: `Problem` when it names no letters, names them in two ways, or says no reason.
    func skip() throws(Problem) -> LetterWish {
        guard let because, (1...Self.becauseBytes).contains(because.utf8.count) else {
            throw .badRequest(
                "'because' must say in 1 to \(Self.becauseBytes) bytes why they are skipped")
        }
        return LetterWish(.skip(because: because), try selection())
    }

    private func selection() throws(Problem) -> LetterWish.Selection {
        if let reason { try LetterReason.check(reason) }
        return switch (ids, all, reason) {
        case (let ids?, nil, nil) where (1...Self.idsMaximum).contains(ids.count): .ids(Set(ids))
        case (nil, true?, nil): .all
        case (nil, nil, let reason?): .reason(reason)
        default:
            throw .badRequest(
                "say which letters are meant by one of 'ids' (1 to \(Self.idsMaximum) of them), "
                    + "'all': true, and 'reason'")
        }
    }
}

/// What became of a wish about dead letters.
package struct LetterSummaryMessage: Codable, Hashable, Sendable {
    /// Run again with success.
    package var resent: Int
    /// Run again, and failed again: they still wait.
    package var failedAgain: Int
    package var skipped: Int
    /// Left alone, because an earlier event of their key must be resent or skipped first.
    package var waiting: Int
    /// Named by their ids, but resent or skipped before.
    package var resolvedBefore: Int
    /// Left alone, because a timer has failed and not an event: its moment is over.
    package var timers: Int
    /// Ids that name no dead letter of the function, in their order.
    package var unknown: [String]

    enum CodingKeys: String, CodingKey {
        case resent, skipped, waiting, timers, unknown
        case failedAgain = "failed_again"
        case resolvedBefore = "resolved_before"
    }

    init(_ summary: LetterSummary) {
        resent = summary.resent
        failedAgain = summary.failedAgain
        skipped = summary.skipped
        waiting = summary.waiting
        resolvedBefore = summary.resolvedBefore
        timers = summary.timers
        unknown = summary.unknown.sorted()
    }
}
