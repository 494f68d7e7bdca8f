extension Retention {
    /// A second, below which a bound would take events that readers are about to read, to a
    /// hundred years.
    package static let ageAllowed = Duration.seconds(1)...Duration.seconds(36_500 * 86_400)
    /// From one small chunk to more than one disk holds.
    package static let bytesAllowed: ClosedRange<UInt64> = 1 << 10...1 << 60
    /// Up to more than a station takes in a lifetime.
    package static let eventsAllowed: ClosedRange<UInt64> = 1...1_000_000_000_000_000
}

extension Retention: CustomStringConvertible {
    /// The bounds as configuration writes them: `7d, 10GiB, 1000 events`, or `everything`.
    package var description: String {
        let bounds = [
            age.map { Quantity.text(duration: $0) }, bytes.map { Quantity.text(bytes: $0) },
            events.map { $0 == 1 ? "1 event" : "\($0) events" },
        ].compactMap(\.self)
        return bounds.isEmpty ? "everything" : bounds.joined(separator: ", ")
    }
}

extension DuplicateReach: CustomStringConvertible {
    /// As configuration writes it: `1000000 ids, 1d`.
    package var description: String {
        "\(ids) id\(ids == 1 ? "" : "s"), \(Quantity.text(duration: age))"
    }
}

extension StationSettings {
    /// How it differs from what somebody asked for, as a message ends.
    package func difference(from wanted: StationSettings?) -> String {
        wanted?.partitions == partitions
            ? "another retention or window of duplicates; alter it instead"
            : "\(partitions) partition\(partitions == 1 ? "" : "s"), which is fixed for its life"
    }
}
