import GRDB
import MoonrailCore

/// The next segments of one partition, as many as one slice of housekeeping writes.
struct SegmentRun: Sendable {
    /// Which chunks are cold, and how many events of them make a segment.
    struct Rules: Sendable {
        let hotChunks: Int
        let segmentEvents: Int
        /// Appended at this time or earlier, in microseconds.
        let coldUntil: Int64

        init(_ rules: Housekeeping, now: EventTime) {
            hotChunks = rules.hotChunks
            segmentEvents = rules.segmentEvents
            coldUntil = now.microseconds - rules.hotAge.microseconds
        }
    }

    /// A partition with its names for messages.
    struct Place: Sendable {
        let station: StationName
        let number: UInt32
        let id: Int64
    }

    let place: Place
    /// Where the partition's segments ended before, and with these.
    let start: SegmentsEnd
    private(set) var end: SegmentsEnd
    private(set) var segments: [Segment] = []

    /// - Parameters:
    ///   - partition: as committed at or before the snapshot that `database` shows.
    ///   - known: where its segments end; nil when nobody has looked yet.
    /// - Throws: `corrupt` when the first chunk of a segment is damaged.
    init(
        _ database: Database, _ place: Place, _ partition: PartitionState,
        from known: SegmentsEnd?, rules: Rules
    ) throws {
        self.place = place
        var start = SegmentsEnd(offset: partition.earliest, bytes: partition.bytesRemoved)
        if let last = try known ?? Segment.end(database, partition: partition.id),
            last.offset > start.offset
        {
            start = last
        }
        self.start = start
        end = start
        var chunks = 0
        var bytes = 0
        while chunks < Housekeeping.sliceChunks && bytes < Housekeeping.sliceWrittenBytes {
            let segment = try Segment(database, of: place, from: end.offset, rules: rules)
            guard let segment else { break }
            chunks += segment.parts.parts.count
            bytes += segment.writtenBytes
            end = SegmentsEnd(offset: segment.end, bytes: segment.bytesEnd)
            segments.append(segment)
        }
    }
}

/// How far a partition is merged.
struct SegmentsEnd: Sendable {
    /// The first offset behind its segments.
    var offset: UInt64
    /// Bytes that were ever written to the partition before that, as they were appended.
    var bytes: Int64
}
