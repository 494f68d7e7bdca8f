import MoonrailCore

/// Programs outside that read a station together, and how far they have come. Its positions are
/// those of lanes that no function runs: one for each partition, under the name `consumer.GROUP`.
package struct ConsumerGroup: Hashable, Sendable {
    package struct Partition: Hashable, Sendable {
        package var partition: UInt32
        /// Offset of the next event that is not committed.
        package var next: UInt64
        /// Events that are not committed.
        package var lag: UInt64
    }

    package var name: ConsumerGroupName
    package var station: StationName
    /// In the order of their numbers.
    package var partitions: [Partition]

    /// Events that are not committed, in all partitions.
    package var lag: UInt64 { partitions.reduce(0) { $0 + $1.lag } }

    /// For each partition the offset of the next event.
    package var position: [UInt32: UInt64] {
        Dictionary(
            partitions.map { ($0.partition, $0.next) }, uniquingKeysWith: { first, _ in first })
    }

    /// The groups whose lanes these are, in the order of their names.
    static func groups(of lanes: [LaneSummary]) -> [ConsumerGroup] {
        var groups: [ConsumerGroupName: ConsumerGroup] = [:]
        for lane in lanes {
            // One without a position read a station that was deleted.
            guard let name = ConsumerGroupName(of: lane.lane.function),
                let (station, next) = lane.position.offsets.first
            else { continue }
            groups[name, default: ConsumerGroup(name: name, station: station, partitions: [])]
                .partitions.append(
                    Partition(partition: lane.lane.partition, next: next, lag: lane.lag))
        }
        return groups.values.map { group in
            var group = group
            group.partitions.sort { $0.partition < $1.partition }
            return group
        }.sorted { $0.name.text < $1.name.text }
    }
}

/// The name of a consumer group: as a function's, with `consumer.` in front within its bound.
package struct ConsumerGroupName: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMaximum =
        Bounds.functionNameBytes - FunctionName.consumerPrefix.utf8.count

    /// Under which its lanes are kept.
    package let function: FunctionName

    /// - Throws: `InvalidName` that says which rule the text breaks.
    package init(_ text: String) throws(InvalidName) {
        // Checked by itself first, so that the message shows what was given.
        _ = try FunctionName(text)
        function = try FunctionName(FunctionName.consumerPrefix + text)
    }

    /// - Returns: nil when the lanes of this name are no group's.
    init?(of function: FunctionName) {
        guard function.isConsumerGroup else { return nil }
        self.function = function
    }

    package var text: String { String(function.text.dropFirst(FunctionName.consumerPrefix.count)) }

    package var description: String { text }
}

/// What can't be done about a consumer group.
package enum ConsumerRefused: Error, Hashable, Sendable {
    case notFound(ConsumerGroupName, StationName)
    /// The group reads another station.
    case reads(ConsumerGroupName, StationName)
    /// The position is none of the station's.
    case noPosition(String)
    /// The group has come to another place than was said.
    case moved(ConsumerGroup)
}

extension ConsumerRefused: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let name, let station):
            "station '\(station)' has no consumer group '\(name)'; create it with: moonrail "
                + "consumer create \(station) \(name)"
        case .reads(let name, let station):
            "consumer group '\(name)' reads station '\(station)'; choose another name"
        case .noPosition(let why): why
        case .moved(let group):
            "consumer group '\(group.name)' is not where the commit says that it was; somebody "
                + "else has committed"
        }
    }
}
