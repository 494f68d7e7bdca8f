import MoonrailCore

/// Every bound of producing over the API, declared once with its reason.
package enum IntakeBounds {
    /// Largest body of one produce request: what its sender does not know to be stored when the
    /// answer is lost, and what is held in memory whole when its length is not announced.
    package static let bodyBytes = 16 << 20
    /// How much of a larger body is read and thrown away before the connection is broken off.
    static let discardedBytes = 64 << 20
    /// Records that are collected before they are appended: many commits' worth, yet far below
    /// what a body may bring, so that a large body is never in memory twice.
    static let sliceBytes = 4 << 20
    /// How much of a body is read before the first append, so that the disk does not wait for long.
    static let firstPieceBytes = 512 << 10
    /// How much is read for each further one: as records, it still is one slice.
    static let pieceBytes = 3 << 20
    /// Events of one append that has an expectation: it is one commit, whole or not at all.
    package static let conditionalEvents = Bounds.batchEvents
    /// Bytes of such an append as stored; one larger event still makes one alone.
    package static let conditionalBytes = Bounds.batchBytes
    /// Refusals that one answer lists: a body of nothing but bad lines has millions of them.
    package static let refusals = 10_000
    /// Lines of one request that are answered one by one: the answer is held in memory until the
    /// body was read, as most clients read nothing before.
    package static let answeredLines = 100_000
    /// Events of one batch of CloudEvents, which is one document and appended at once.
    package static let cloudEvents = 10_000
    /// An idempotency key, which a slash and the number of a line may follow in an id.
    package static let idempotencyKeyBytes = Bounds.idBytes - 8
    /// Nesting of a document: RFC 8259 lets a parser choose, most stop at 512.
    static let nesting: UInt32 = 512
    /// Longest field path for key and id: longer ones are mistakes.
    static let pathBytes = 1_024
    /// Body of every other request: they are small settings.
    package static let settingsBytes = 64 << 10
}
