/// A place to read from: an offset in one partition of a station.
package struct StationCursor: Hashable, Sendable {
    package var station: StationName
    package var partition: UInt32
    /// The first offset wanted; events from here on, if any are held.
    package var offset: UInt64

    package init(station: StationName, partition: UInt32, offset: UInt64) {
        self.station = station
        self.partition = partition
        self.offset = offset
    }
}

/// How much one read may return. A single event over `bytes` is returned alone all the same, so
/// that it can't stop a reader.
package struct ReadBounds: Hashable, Sendable {
    package var events: Int
    package var bytes: Int

    package init(events: Int = Bounds.batchEvents, bytes: Int = Bounds.batchBytes) {
        self.events = events
        self.bytes = bytes
    }
}

/// What became of one event of an append.
package enum AppendReceipt: Hashable, Sendable {
    /// On disk, at this place.
    case stored(partition: UInt32, offset: UInt64)
    /// An event of the same id and payload is inside the window, at this place; nothing was stored.
    case duplicate(partition: UInt32, offset: UInt64)
    /// An event of the same id but another payload is at this place; nothing was stored.
    case conflict(partition: UInt32, offset: UInt64)
    /// The payload is over what the engine stores, in bytes; nothing was stored.
    case tooLarge(limit: Int)
    /// The append's expectation does not hold: nothing of it was stored but what was stored before.
    /// `actual` is the last offset there; nil when there is none.
    case unexpected(partition: UInt32, actual: UInt64?)
}

/// What must be so for an append to happen: the optimistic concurrency of event sourcing. Checked
/// in the commit that appends.
package enum AppendExpectation: Hashable, Sendable {
    /// The last event of this partition has this offset; nil: it never had one.
    case lastOfPartition(UInt32, offset: UInt64?)
    /// The last event held of this key has this offset in the key's partition; nil: none is held.
    case lastOfKey([UInt8], offset: UInt64?)
}
