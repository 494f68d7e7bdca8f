import MoonrailCore

/// What a consumer of one partition has sent so far, and what it owes. A pure value.
struct ReaderState {
    /// What came and was not taken yet.
    private(set) var events: StoredEvents
    /// Where the next event to be taken is looked for.
    private(set) var position: UInt64
    /// Messages asked for that may still come.
    private(set) var owed = 0
    /// When it was last heard of, while it owes something.
    private(set) var heard: ContinuousClock.Instant
    /// Messages that there are behind those that came, as the broker said last.
    private(set) var pending: UInt64
    /// Messages that its consumer gave.
    private var deliveries: UInt64 = 0
    /// Whether the next event is larger than a question let it be.
    private(set) var isNextLarge = false
    /// Questions that ended without as many messages as were asked for.
    private(set) var questionsEnded = 0
    /// Why it gives nothing any more.
    private(set) var end: End?

    enum End: Hashable {
        /// It is to be made anew: its server is gone, or it was silent for too long.
        case broken
        /// Its stream is gone, or somebody removed it.
        case removed
    }

    /// Messages asked for at a time; once no more than half are owed, the next are.
    static let batch = 1_024
    /// Bytes asked for at a time, so that large events don't fill the memory.
    static let batchBytes = 4 << 20

    init(_ cursor: StationCursor, pending: UInt64, now: ContinuousClock.Instant) {
        events = StoredEvents(station: cursor.station, partition: cursor.partition)
        position = cursor.offset
        self.pending = pending
        heard = now
    }

    /// Takes in an event that came.
    mutating func took(_ place: StreamPlace, _ append: (inout EventRecords) -> Void) {
        guard end == nil else { return }
        owed = max(0, owed - 1)
        // One in front of it was lost with a connection.
        guard place.delivery == deliveries + 1 else {
            end = .broken
            return
        }
        deliveries = place.delivery
        pending = place.pending
        isNextLarge = false
        append(&events.records)
        events.offsets.append(place.offset)
    }

    /// Takes in a status, which ends a question.
    ///
    /// - Parameters:
    ///   - left: messages of the question that will not come; nil: all that are owed.
    ///   - isTooLarge: whether the next message is what ended it.
    mutating func took(status: Int, left: Int?, isTooLarge: Bool) {
        // A sign of life.
        if status == 100 { return }
        if isTooLarge, events.isEmpty {
            isNextLarge = true
            owed = 0
            return
        }
        owed = left.map { max(0, owed - $0) } ?? 0
        questionsEnded += 1
    }

    mutating func heard(at now: ContinuousClock.Instant) { heard = now }

    mutating func asked(_ count: Int, at now: ContinuousClock.Instant) {
        owed += count
        heard = now
    }

    mutating func end(_ end: End) { self.end = end }

    /// How many to ask for now; 0: none.
    func wanted(keepsAhead: Bool, atLeast count: Int) -> Int {
        guard end == nil else { return 0 }
        if isNextLarge { return owed == 0 ? 1 : 0 }
        if keepsAhead {
            return owed <= Self.batch / 2 && events.count < 2 * Self.batch ? Self.batch : 0
        }
        return owed == 0 && events.count < count ? count - events.count : 0
    }

    /// Whether there was nothing behind what came, when the broker said it last.
    var isAll: Bool { pending == 0 || end != nil }

    /// Whether as much is there as `bounds` let one read have.
    func fills(_ bounds: ReadBounds) -> Bool {
        events.count >= bounds.events || events.records.byteCount >= bounds.bytes
    }

    /// Takes the first events within the bounds; a single one that is larger comes alone.
    mutating func take(_ bounds: ReadBounds) -> StoredEvents {
        let count = events.records.count(within: bounds)
        let taken: StoredEvents
        if count == events.count {
            taken = events
            events = StoredEvents(station: events.station, partition: events.partition)
        } else {
            taken = events.part(0..<count)
            events = events.part(count..<events.count)
        }
        if let last = taken.offsets.last { position = last + 1 }
        return taken
    }
}

extension EventRecords {
    var byteCount: Int { bytes.count }

    /// How many of the first events one read may give.
    func count(within bounds: ReadBounds) -> Int {
        let most = min(count, bounds.events)
        var index = 0
        while index < most {
            let end = index + 1 < count ? starts[index + 1] : bytes.count
            if end > bounds.bytes, index > 0 { break }
            index += 1
        }
        return index
    }
}

extension StoredEvents {
    /// Copies some of them.
    func part(_ range: Range<Int>) -> StoredEvents {
        var part = StoredEvents(
            station: station, partition: partition, offsets: Array(offsets[range]))
        records.forEachRecord(in: range) { _, record in
            part.records.append(record, origins: records.origins)
        }
        return part
    }
}
