/// What is declared of a station; all but the number of partitions may be altered later.
package struct StationSettings: Hashable, Sendable {
    /// Number of partitions, 1 to `Bounds.partitions`; fixed for the station's life, because a key
    /// must stay in its partition.
    package var partitions: UInt32
    /// What is kept of its events.
    package var retention: Retention
    /// How far back a repeated id is recognised.
    package var duplicates: DuplicateReach

    package init(
        partitions: UInt32 = 1, retention: Retention = Retention(),
        duplicates: DuplicateReach = DuplicateReach()
    ) {
        precondition(
            (1...UInt32(Bounds.partitions)).contains(partitions), "readers of settings check this")
        self.partitions = partitions
        self.retention = retention
        self.duplicates = duplicates
    }
}

/// What a station keeps at least; what goes beyond any of these bounds is removed, oldest first, a
/// whole chunk at a time. Nil is no bound.
package struct Retention: Hashable, Sendable {
    /// Time since an event was appended.
    package var age: Duration?
    /// Stored bytes of all partitions together.
    package var bytes: UInt64?
    /// Events of all partitions together.
    package var events: UInt64?

    package init(age: Duration? = nil, bytes: UInt64? = nil, events: UInt64? = nil) {
        self.age = age
        self.bytes = bytes
        self.events = events
    }

    package var isUnbounded: Bool { age == nil && bytes == nil && events == nil }
}

/// The window in which a station recognises the ids of its events: whichever ends first.
package struct DuplicateReach: Hashable, Sendable {
    /// The station's latest ids, 1 to 100 million, at 40 bytes of memory each: a million is room
    /// for a producer that sends a day's backlog again.
    package var ids: Int
    /// Time since the event of the id was appended, one second to a year: a day outlasts the
    /// repairs after which producers send again.
    package var age: Duration

    package static let idsAllowed = 1...100_000_000
    package static let ageAllowed = Duration.seconds(1)...Duration.seconds(365 * 86_400)

    package init(ids: Int = 1_000_000, age: Duration = .seconds(86_400)) {
        precondition(
            Self.idsAllowed.contains(ids) && Self.ageAllowed.contains(age),
            "readers of settings check this")
        self.ids = ids
        self.age = age
    }
}

/// A station as the catalog knows it now.
package struct StationSummary: Hashable, Sendable {
    package let name: StationName
    package let settings: StationSettings
    /// When it was created.
    package let created: EventTime
    package let partitions: [PartitionSummary]
    /// The window in which it recognises repeated ids, as it reaches now.
    package let window: WindowSummary

    package init(
        name: StationName, settings: StationSettings, created: EventTime,
        partitions: [PartitionSummary], window: WindowSummary
    ) {
        self.name = name
        self.settings = settings
        self.created = created
        self.partitions = partitions
        self.window = window
    }

    /// Events held in all partitions.
    package var events: UInt64 { partitions.reduce(0) { $0 + $1.events } }
    /// Bytes of the chunks of all partitions.
    package var bytes: UInt64 { partitions.reduce(0) { $0 + $1.bytes } }
}

/// How far back a station recognises repeated ids now.
package struct WindowSummary: Hashable, Sendable {
    /// Ids that it knows.
    package let ids: Int
    /// When the event of its oldest id was appended; nil when it knows none.
    package let since: EventTime?

    package init(ids: Int = 0, since: EventTime? = nil) {
        self.ids = ids
        self.since = since
    }
}

package struct PartitionSummary: Hashable, Sendable {
    /// Offset of the oldest event still held; equals `next` when there is none.
    package let earliest: UInt64
    /// Offset that the next event gets.
    package let next: UInt64
    /// Number of events held, counted by the engine.
    package let events: UInt64
    package let bytes: UInt64
    /// Whether all events that it ever had are held.
    package let isWhole: Bool

    /// - Parameter isWhole: nil where offsets begin at 0, so that the earliest one tells.
    package init(
        earliest: UInt64, next: UInt64, events: UInt64, bytes: UInt64, isWhole: Bool? = nil
    ) {
        self.isWhole = isWhole ?? (earliest == 0)
        self.earliest = earliest
        self.next = next
        self.events = events
        self.bytes = bytes
    }
}
