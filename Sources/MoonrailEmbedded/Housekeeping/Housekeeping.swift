import MoonrailCore

/// How an engine takes care of what it stores while it runs.
package struct Housekeeping: Sendable {
    /// The chunks at the end of a partition that stay as they are: lanes that keep up read there,
    /// and opening a store reads the last one's totals. At least 1.
    package var hotChunks: Int
    /// Chunks younger than this stay as they are: what is read again soon is read from memory, and
    /// a burst is merged once, when it is over.
    package var hotAge: Duration
    /// Events that chunks are merged into one up to, 1 to `Bounds.batchEvents`: what one read gives
    /// a lane is one chunk then.
    package var segmentEvents: Int
    /// The part of the writing thread's time that it may take: 1 in 25 leaves appends as fast as
    /// they are, and still merges and removes more events a second than the disk takes in.
    package var share: Double
    /// The shortest rest between two slices, so that whoever waits to write goes first.
    package var rest: Duration
    /// How long it looks away when there was nothing to do: bounds how late retention is.
    package var interval: Duration

    package init(
        hotChunks: Int = 16, hotAge: Duration = .seconds(10),
        segmentEvents: Int = Bounds.batchEvents, share: Double = 0.04,
        rest: Duration = .milliseconds(10), interval: Duration = .seconds(1)
    ) {
        precondition(
            hotChunks >= 1 && hotAge >= .zero && share > 0 && share <= 1 && interval > .zero,
            "the last chunk is never merged, and time goes by")
        precondition(
            (1...Bounds.batchEvents).contains(segmentEvents), "a segment is read as one batch")
        self.hotChunks = hotChunks
        self.hotAge = hotAge
        self.segmentEvents = segmentEvents
        self.share = share
        self.rest = rest
        self.interval = interval
    }

    /// The longest that it waits after an error, such as a full disk, before it tries again.
    package static let pauseMax = Duration.seconds(60)

    /// What one slice takes at most: chunks it removes or merges, bytes it removes, bytes it
    /// writes. The writer is held for a few milliseconds (docs/architecture.md has the
    /// measurement), then others go first.
    package static let sliceChunks = 512
    package static let sliceRemovedBytes: Int64 = 4 << 20
    package static let sliceWrittenBytes = 1 << 20

    /// What was done.
    package struct Work: Hashable, Sendable {
        package var removedChunks = 0
        /// Chunks that became part of a segment, and the segments that they became.
        package var mergedChunks = 0
        package var segments = 0
        /// The longest that one slice held the writer, flush included.
        package var longestSlice = Duration.zero

        package init() {}
    }
}
