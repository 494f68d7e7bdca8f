import MoonrailCore

/// What the writer knows besides `StoreState`, so that appends need no look into the store: the
/// windows of ids, and where keys ended last. All of it can be had again from the store.
struct AppendMemory: Sendable {
    var windows = DuplicateWindows()
    /// By partition; only those whose keys somebody expected somewhere.
    private var lastOffsets: [Int64: LastOffsets] = [:]
    /// Those to which the running transaction may have added keys.
    private var touched: Set<Int64> = []

    /// Whether any partition's keys are followed.
    var followsKeys: Bool { !lastOffsets.isEmpty }

    /// An event was appended to a partition, which may be one whose keys are followed.
    mutating func add(_ record: EventRecord, partition: Int64, offset: UInt64) {
        guard let key = record.key, lastOffsets[partition] != nil else { return }
        lastOffsets[partition]?.add(NameHash(key), at: offset)
        touched.insert(partition)
    }

    /// Works on what is known of a partition's keys, which is `initial` the first time.
    mutating func withLastOffsets<Result>(
        of partition: Int64, initial: @autoclosure () throws -> LastOffsets,
        _ body: (inout LastOffsets) throws -> Result
    ) throws -> Result {
        var known = try lastOffsets.removeValue(forKey: partition) ?? initial()
        defer { lastOffsets[partition] = known }
        touched.insert(partition)
        return try body(&known)
    }

    /// The station is deleted.
    mutating func remove(_ station: StationState) {
        windows.remove(station: station.id)
        for partition in station.partitions { lastOffsets[partition.id] = nil }
    }

    /// The transaction is on disk.
    mutating func commit(_ changes: StateChanges) {
        windows.commit(changes)
        for partition in touched { lastOffsets[partition]?.commit() }
        touched.removeAll(keepingCapacity: true)
    }

    /// The transaction was not written.
    mutating func rollBack() {
        windows.rollBack()
        for partition in touched { lastOffsets[partition]?.rollBack() }
        touched.removeAll(keepingCapacity: true)
    }
}
