import MoonrailCore

/// Reads one partition in order and sums up what its events say.
struct PartitionReading: Sendable {
    private let log: any StationLog
    private let station: StationName
    private let partition: UInt32
    /// Where it ends at the latest.
    private let end: UInt64
    private let bounds: ReadBounds
    /// Where it goes on.
    private var offset: UInt64 = 0
    private(set) var sum = EventSum()

    /// - Parameter end: the first offset that is not read.
    init(
        _ log: any StationLog, _ station: StationName, _ partition: UInt32, end: UInt64,
        _ bounds: ReadBounds
    ) {
        self.log = log
        self.station = station
        self.partition = partition
        self.end = end
        self.bounds = bounds
    }

    /// Events that were read.
    var count: UInt64 { sum.count }

    /// The next events; nil when there are none.
    mutating func next(atMost count: UInt64 = .max) async throws(EngineError) -> StoredEvents? {
        guard offset < end else { return nil }
        let cursor = StationCursor(station: station, partition: partition, offset: offset)
        let most = ReadBounds(
            events: Int(min(UInt64(bounds.events), count)), bytes: bounds.bytes)
        let read = try await log.read(cursor, bounds: most)
        let events = read.first(read.offsets.prefix { $0 < end }.count)
        guard let last = events.offsets.last else {
            offset = end
            return nil
        }
        offset = last + 1
        sum.add(events.records)
        return events
    }

    /// Reads on until it has read so many events, or there are no more.
    mutating func go(to count: UInt64) async throws(EngineError) {
        while sum.count < count, try await next(atMost: count - sum.count) != nil {}
    }
}

extension StoredEvents {
    /// The first `count` of them.
    fileprivate func first(_ count: Int) -> StoredEvents {
        if count == offsets.count { return self }
        var first = StoredEvents(
            station: station, partition: partition, offsets: Array(offsets.prefix(count)))
        records.forEachRecord(in: 0..<count) { _, record in
            first.records.append(record, origins: records.origins)
        }
        return first
    }
}
