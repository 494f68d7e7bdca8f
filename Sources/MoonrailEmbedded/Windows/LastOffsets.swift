import MoonrailCore

/// Where the latest event of each key of one partition is, for appends that expect it somewhere.
///
/// Learned from the partition's end backwards, as far as a search had to go, and kept up to date by
/// what is appended: once a search has come to the partition's beginning, every later answer is a
/// look into a table, also for keys that never came. Bounded in keys: beyond, those whose latest
/// event is oldest are forgotten, and a search for one of them reads chunks again.
package struct LastOffsets: Sendable {
    /// Keys learned by searches in one station, in all its partitions together; with those that
    /// come by appends at most twice as many are remembered, at about 50 bytes each. A million is
    /// more than most stations have.
    package static let keysLearned = 500_000

    private let capacity: Int
    private var offsets: [NameHash: UInt64] = [:]
    /// Every key that has an event at this offset or later is in `offsets`.
    package private(set) var knownFrom: UInt64
    /// As `offsets`, of events of the running transaction.
    private var added: [NameHash: UInt64] = [:]

    /// - Parameters:
    ///   - next: the offset of the partition's next event, as committed.
    ///   - capacity: keys that searches may learn; twice as many are remembered at most.
    package init(next: UInt64, capacity: Int) {
        knownFrom = next
        self.capacity = capacity
    }

    package var count: Int { offsets.count }

    /// The latest offset of a key that was learned; nil when it has none from `knownFrom` on.
    package func find(_ key: NameHash) -> UInt64? { added[key] ?? offsets[key] }

    /// The running transaction appends an event of the key.
    package mutating func add(_ key: NameHash, at offset: UInt64) {
        added[key] = offset
    }

    /// Learns the events of a chunk that ends at `knownFrom` or later, if there is room.
    package mutating func learn(_ chunk: EventRecords, first: UInt64) {
        let end = first + UInt64(chunk.count)
        guard offsets.count < capacity, first < knownFrom, knownFrom <= end else { return }
        for index in (0..<Int(knownFrom - first)).reversed() {
            guard let key = chunk.withRecord(index, { $0.key.map { NameHash($0) } })
            else { continue }
            if offsets[key] == nil { offsets[key] = first + UInt64(index) }
        }
        knownFrom = first
    }

    /// The running transaction is on disk.
    package mutating func commit() {
        offsets.merge(added) { $1 }
        added.removeAll(keepingCapacity: true)
        if offsets.count > 2 * capacity { forgetOldest() }
    }

    /// The running transaction was not written.
    package mutating func rollBack() {
        added.removeAll(keepingCapacity: true)
    }

    /// Forgets half of the keys: so much at once that it costs little for each.
    private mutating func forgetOldest() {
        let ordered = offsets.values.sorted()
        knownFrom = max(knownFrom, ordered[ordered.count / 2])
        offsets = offsets.filter { $0.value >= knownFrom }
    }
}
