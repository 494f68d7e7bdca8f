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
    package var window: Window
    package var partitions: [Partition]

    /// The window in which it recognises repeated ids, as it reaches now.
    package struct Window: Codable, Hashable, Sendable {
        /// Ids that it knows.
        package var ids: Int
        /// When the event of its oldest id was appended, RFC 3339; nil when it knows none.
        package var since: String?
    }

    package struct Partition: Codable, Hashable, Sendable {
        package var partition: Int
        /// Offset of the oldest event still held; equals `next` when there is none.
        package var earliest: UInt64
        /// The oldest event's own time, RFC 3339; only where one station is shown, and nil when it
        /// holds none.
        package var earliestTime: String?
        /// Offset that the next event gets.
        package var next: UInt64
        package var events: UInt64
        package var bytes: UInt64

        enum CodingKeys: String, CodingKey {
            case partition, earliest, next, events, bytes
            case earliestTime = "earliest_time"
        }
    }

    package init(_ summary: StationSummary) {
        name = summary.name.text
        created = summary.created.description
        settings = StationSettingsMessage(summary.settings)
        events = summary.events
        bytes = summary.bytes
        window = Window(ids: summary.window.ids, since: summary.window.since?.description)
        partitions = summary.partitions.enumerated().map { number, partition in
            Partition(
                partition: number, earliest: partition.earliest, next: partition.next,
                events: partition.events, bytes: partition.bytes)
        }
    }
}

/// The settings of a station.
package struct StationSettingsMessage: Codable, Hashable, Sendable {
    package var partitions: UInt32
    package var retention: Retention
    package var duplicates: Duplicates

    /// What it keeps at least; what is nil is no bound.
    package struct Retention: Codable, Hashable, Sendable {
        package var ageMilliseconds: UInt64?
        package var bytes: UInt64?
        package var events: UInt64?

        enum CodingKeys: String, CodingKey {
            case bytes, events
            case ageMilliseconds = "age_ms"
        }
    }

    /// How far back it recognises a repeated id.
    package struct Duplicates: Codable, Hashable, Sendable {
        package var ids: Int
        package var ageMilliseconds: UInt64

        enum CodingKeys: String, CodingKey {
            case ids
            case ageMilliseconds = "age_ms"
        }
    }

    package init(_ settings: StationSettings) {
        partitions = settings.partitions
        retention = Retention(
            ageMilliseconds: settings.retention.age?.wholeMilliseconds,
            bytes: settings.retention.bytes, events: settings.retention.events)
        duplicates = Duplicates(
            ids: settings.duplicates.ids,
            ageMilliseconds: settings.duplicates.age.wholeMilliseconds)
    }
}

extension StationSettingsMessage {
    /// The retention as configuration writes it.
    package var retentionText: String {
        MoonrailCore.Retention(
            age: retention.ageMilliseconds.map { .milliseconds(Int64(clamping: $0)) },
            bytes: retention.bytes, events: retention.events
        ).description
    }

    /// The reach of the window of duplicates as configuration writes it.
    package var duplicatesText: String {
        "\(duplicates.ids) ids, "
            + Quantity.text(duration: .milliseconds(Int64(clamping: duplicates.ageMilliseconds)))
    }
}
