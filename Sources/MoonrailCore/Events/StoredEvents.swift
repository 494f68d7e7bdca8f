/// Consecutive events of one partition, as read from a station.
package struct StoredEvents: Sendable {
    package let station: StationName
    package let partition: UInt32
    package var records: EventRecords
    /// Each event's offset, increasing; engines other than the embedded one may leave gaps.
    package var offsets: [UInt64]

    package init(
        station: StationName, partition: UInt32, records: EventRecords = EventRecords(),
        offsets: [UInt64] = []
    ) {
        self.station = station
        self.partition = partition
        self.records = records
        self.offsets = offsets
    }

    package var count: Int { offsets.count }
    package var isEmpty: Bool { offsets.isEmpty }

    /// The id by which event number `index` is known: its own, or its position.
    package func shownID(_ index: Int) -> String {
        records.withRecord(index) { $0.id }?.description
            ?? positionalID(station: station, partition: partition, offset: offsets[index])
    }

    /// What caused event number `index`; nil when a producer appended it.
    package func cause(_ index: Int) -> Cause? {
        records.withRecord(index) { record in
            record.origin.map { fields in
                Cause(
                    origin: records.origins[fields.originIndex], offset: fields.offset,
                    emission: fields.emission, causationID: fields.causation.id,
                    correlationID: fields.correlation.id, hops: record.hops)
            }
        }
    }
}
