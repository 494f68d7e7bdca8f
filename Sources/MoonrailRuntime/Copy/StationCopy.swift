import MoonrailCore

/// Copies stations from one engine to another, so that all that their events say is kept: payload,
/// id, key, type, time, headers and cause, in the order of each partition.
///
/// What was copied before is not copied again: the events that the target has must be the first of
/// those that the source has.
package struct StationCopy: Sendable {
    private let source: any StationCatalog & StationLog
    private let target: any StationCatalog & StationLog

    /// As much is read and appended at a time: more does not make it faster.
    private static let bounds = ReadBounds(
        events: 8 * Bounds.batchEvents, bytes: 16 * Bounds.batchBytes)

    package init(
        from source: any StationCatalog & StationLog, to target: any StationCatalog & StationLog
    ) {
        self.source = source
        self.target = target
    }

    /// Copies what a station holds now, and reads all of it back.
    ///
    /// - Throws: `stationNotFound` of the source; `stationDiffers` when the target has one with
    ///   other partitions; `moved` when it has other events, or the source lost some meanwhile;
    ///   `unsupported` for an event that the target can't take.
    package func copy(_ name: StationName) async throws(EngineError) -> StationCopyReport {
        let original = try await source.describe(name)
        var open = original.settings
        // What the target holds must not shrink before it is compared.
        open.retention = Retention()
        let existing = try await prepare(name, open)
        var parts: [StationCopyReport.Part] = []
        for partition in original.partitions.indices {
            let there = existing.partitions[partition]
            parts.append(
                try await copy(
                    name, UInt32(partition), end: original.partitions[partition].next, there))
        }
        if existing.settings.retention == open.retention {
            try await target.alter(name, settings: original.settings)
        }
        return StationCopyReport(station: name.text, partitions: parts)
    }

    /// The station in the target, which is made when there is none.
    private func prepare(
        _ name: StationName, _ settings: StationSettings
    ) async throws(EngineError) -> StationSummary {
        do throws(EngineError) {
            let existing = try await target.describe(name)
            guard existing.partitions.count == Int(settings.partitions) else {
                throw .stationDiffers(
                    name,
                    "\(existing.partitions.count) partitions in the target and "
                        + "\(settings.partitions) in the source; delete one of them, or alter none")
            }
            return existing
        } catch {
            guard case .stationNotFound = error else { throw error }
        }
        try await target.open(name, settings: settings)
        return try await target.describe(name)
    }

    /// Copies one partition up to `end`, which is not copied.
    private func copy(
        _ name: StationName, _ partition: UInt32, end: UInt64, _ existing: PartitionSummary
    ) async throws(EngineError) -> StationCopyReport.Part {
        var reading = PartitionReading(source, name, partition, end: end, Self.bounds)
        var checking = PartitionReading(target, name, partition, end: .max, Self.bounds)
        try await reading.go(to: existing.events)
        let known = reading.count
        try await checking.go(to: known)
        guard checking.sum == reading.sum else {
            throw .moved(
                "station '\(name)', partition \(partition): the target's first \(checking.count) "
                    + "events are not those of the source; delete the station in the target and "
                    + "copy it again")
        }
        while let events = try await reading.next() { try await append(events) }
        try await checking.go(to: reading.count)
        guard checking.sum == reading.sum else {
            throw .moved(
                "station '\(name)', partition \(partition): the target's first \(checking.count) "
                    + "events are not the \(reading.count) that were copied: somebody else writes "
                    + "to it; delete the station in the target and copy it again")
        }
        return StationCopyReport.Part(
            events: reading.count, copied: reading.count - known, checksum: reading.sum.text)
    }

    private func append(_ events: StoredEvents) async throws(EngineError) {
        let receipts = try await target.append(
            StationAppend(
                station: events.station, records: events.records,
                unkeyedPartition: events.partition, isCopy: true))
        for (offset, receipt) in zip(events.offsets, receipts) {
            switch receipt {
            case .stored: continue
            case .tooLarge(let limit):
                throw .unsupported(
                    "station '\(events.station)', partition \(events.partition), offset \(offset): "
                        + "the event is larger than the \(limit) bytes that the target takes; "
                        + "raise its limit (max_payload of NATS) and copy again")
            case .duplicate, .conflict, .unexpected:
                throw .moved(
                    "station '\(events.station)', partition \(events.partition), offset \(offset): "
                        + "the target did not store a copy; copy again")
            }
        }
    }
}

/// What was copied of a station.
package struct StationCopyReport: Hashable, Sendable, Encodable {
    package let station: String
    /// In the order of their numbers.
    package let partitions: [Part]

    /// What was copied of a partition.
    package struct Part: Hashable, Sendable, Encodable {
        /// Events that both engines have, compared.
        package let events: UInt64
        /// Those of them that were copied now; the others were there.
        package let copied: UInt64
        /// Of all that the events say, the same in both engines: 16 hexadecimal digits.
        package let checksum: String
    }
}
