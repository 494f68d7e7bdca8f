import MoonrailRuntime

/// A consumer group as it stands now.
package struct ConsumerMessage: Codable, Hashable, Sendable {
    package var group: String
    package var station: String
    /// Where it stands, as pages and commits write it: `0:17,1:5`.
    package var position: String
    /// Events that it has not committed.
    package var lag: UInt64
    package var partitions: [Partition]

    package struct Partition: Codable, Hashable, Sendable {
        package var partition: UInt32
        /// Offset of the next event that it has not committed.
        package var nextOffset: UInt64
        package var lag: UInt64

        enum CodingKeys: String, CodingKey {
            case partition, lag
            case nextOffset = "next_offset"
        }
    }

    package init(_ group: ConsumerGroup) {
        self.group = group.name.text
        station = group.station.text
        position = ReadPosition(group.position).description
        lag = group.lag
        partitions = group.partitions.map {
            Partition(partition: $0.partition, nextOffset: $0.next, lag: $0.lag)
        }
    }
}

/// Where a new group begins.
package struct ConsumerWishMessage: Codable, Hashable, Sendable {
    /// As reads take it, or a position such as `0:17,1:5`; nil: `earliest`.
    package var start: String?

    package init(start: String?) {
        self.start = start
    }
}

/// How a group is moved.
package struct CommitMessage: Codable, Hashable, Sendable {
    /// Where it stands.
    package var from: String
    /// Where it stands from now on.
    package var to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}
