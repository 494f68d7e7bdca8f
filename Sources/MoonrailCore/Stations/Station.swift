/// What is declared of a station; fixed when it is created, except where noted.
package struct StationSettings: Hashable, Sendable {
    /// Number of partitions, 1 to `Bounds.partitions`; fixed for the station's life, because a key
    /// must stay in its partition.
    package var partitions: UInt32

    package init(partitions: UInt32 = 1) {
        precondition(
            (1...UInt32(Bounds.partitions)).contains(partitions), "readers of settings check this")
        self.partitions = partitions
    }
}

/// A station as the catalog knows it now.
package struct StationSummary: Hashable, Sendable {
    package let name: StationName
    package let settings: StationSettings
    /// When it was created.
    package let created: EventTime
    package let partitions: [PartitionSummary]
    /// How many producer ids its window of duplicates remembers now.
    package let windowIDs: Int

    package init(
        name: StationName, settings: StationSettings, created: EventTime,
        partitions: [PartitionSummary], windowIDs: Int
    ) {
        self.name = name
        self.settings = settings
        self.created = created
        self.partitions = partitions
        self.windowIDs = windowIDs
    }

    /// Events held in all partitions.
    package var events: UInt64 { partitions.reduce(0) { $0 + $1.events } }
    /// Bytes of the chunks of all partitions.
    package var bytes: UInt64 { partitions.reduce(0) { $0 + $1.bytes } }
}

package struct PartitionSummary: Hashable, Sendable {
    /// Offset of the oldest event still held; equals `next` when there is none.
    package let earliest: UInt64
    /// Offset that the next event gets.
    package let next: UInt64
    /// Number of events held, counted by the engine.
    package let events: UInt64
    package let bytes: UInt64

    package init(earliest: UInt64, next: UInt64, events: UInt64, bytes: UInt64) {
        self.earliest = earliest
        self.next = next
        self.events = events
        self.bytes = bytes
    }
}
