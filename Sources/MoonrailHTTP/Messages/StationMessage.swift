import MoonrailCore

/// A station as it stands now.
package struct StationMessage: Codable, Hashable, Sendable {
    package var name: String
    /// RFC 3339.
    package var created: String
    package var settings: StationSettingsMessage
    /// Events held in all partitions.
    package var events: UInt64
    package var bytes: UInt64
    /// How many producer ids its window of duplicates remembers now.
    package var windowIDs: Int
    package var partitions: [Partition]

    package struct Partition: Codable, Hashable, Sendable {
        package var partition: Int
        /// Offset of the oldest event still held; equals `next` when there is none.
        package var earliest: UInt64
        /// Offset that the next event gets.
        package var next: UInt64
        package var events: UInt64
        package var bytes: UInt64
    }

    enum CodingKeys: String, CodingKey {
        case name, created, settings, events, bytes, partitions
        case windowIDs = "window_ids"
    }

    package init(_ summary: StationSummary) {
        name = summary.name.text
        created = summary.created.description
        settings = StationSettingsMessage(partitions: summary.settings.partitions)
        events = summary.events
        bytes = summary.bytes
        windowIDs = summary.window.ids
        partitions = summary.partitions.enumerated().map { number, partition in
            Partition(
                partition: number, earliest: partition.earliest, next: partition.next,
                events: partition.events, bytes: partition.bytes)
        }
    }
}

/// What a station is created with; what is nil gets its default.
package struct StationSettingsMessage: Codable, Hashable, Sendable {
    package var partitions: UInt32?

    package init(partitions: UInt32? = nil) {
        self.partitions = partitions
    }
}
