/// How long a client may take for what: a pure value, told of each step and its moment.
package struct ConnectionTimes: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// What a client took too long for.
    package enum Expiry: Hashable, Sendable {
        /// It sent no whole head.
        case head
        /// It sent no further request; which is no fault.
        case idle
        case body
        /// It does not read its answer.
        case unread
    }

    /// What is being read.
    private enum Reading {
        /// A head of which something has come, or the first one, since then.
        case head(since: Instant)
        case body
        /// Nothing of the next request has come.
        case nothing
    }

    private var reading: Reading
    /// Answers that are owed.
    private var owed = 0
    /// Since when nothing was asked of the connection.
    private var idleSince: Instant
    private var bodyBytes = 0
    /// Time that the body under way was waited for, as far as it is over.
    private var waited = Duration.zero
    /// Since when more is waited for; nil while nobody wants it: that is not the client's time.
    private var waitingSince: Instant?
    private var unreadSince: Instant?
    /// Since when the server is shutting down.
    private var leavingSince: Instant?

    package init(opened now: Instant) {
        reading = .head(since: now)
        idleSince = now
    }

    /// Bytes of whatever came.
    package mutating func bytesCame(at now: Instant) {
        if case .nothing = reading { reading = .head(since: now) }
    }

    package mutating func headCame(at now: Instant) {
        reading = .body
        owed += 1
        bodyBytes = 0
        waited = .zero
        // What was waited for until now was the head.
        waitingSince = waitingSince.map { _ in now }
    }

    package mutating func bodyCame(_ bytes: Int) { bodyBytes += bytes }

    package mutating func requestEnded() { reading = .nothing }

    package mutating func answerEnded(at now: Instant) {
        owed -= 1
        idleSince = now
    }

    /// Somebody wants to read more.
    package mutating func waitBegan(at now: Instant) { waitingSince = waitingSince ?? now }

    /// Something came, or the wait is over.
    package mutating func waitEnded(at now: Instant) {
        guard let since = waitingSince else { return }
        waitingSince = nil
        if case .body = reading { waited += now - since }
    }

    package mutating func writable(_ isWritable: Bool, at now: Instant) {
        unreadSince = isWritable ? nil : unreadSince ?? now
    }

    /// The server is shutting down: a body that is under way may not hold it up.
    package mutating func leaving(at now: Instant) { leavingSince = leavingSince ?? now }

    /// When the client has taken too long, and for what, if nothing happens before; nil: never.
    package var deadline: (at: Instant, expiry: Expiry)? {
        [readingDeadline, unreadSince.map { ($0 + NetworkBounds.unreadTime, .unread) }]
            .compactMap(\.self).min { $0.0 < $1.0 }
    }

    private var readingDeadline: (Instant, Expiry)? {
        switch reading {
        case .head(let since):
            return (since + NetworkBounds.headTime, .head)
        case .body:
            let earned = Duration.seconds(1) * bodyBytes / NetworkBounds.bodyBytesPerSecond
            return waitingSince.map { since in
                let due = since + NetworkBounds.bodyGrace + earned - waited
                let last = leavingSince.map { $0 + NetworkBounds.bodyFarewell }
                return (min(due, last ?? due), .body)
            }
        case .nothing:
            return owed > 0 ? nil : (idleSince + NetworkBounds.idleTime, .idle)
        }
    }
}
