/// Everything that a run of consecutive events caused, written as one.
package struct Settlement: Sendable {
    package let claim: LaneClaim
    /// Where the lane stands before; the engine refuses the settlement when it stands elsewhere.
    package var from: Position
    package var to: Position
    package var appends: [StationAppend]
    package var changes: [LaneValueChange]
    /// Changes of values under many keys, of spaces that `changes` says nothing of.
    package var values: LaneValueRecords
    package var journal: JournalRecord
    package var counts: LaneCounts
    /// The lane's generation from now on; nil: as it is.
    package var generation: UInt32?

    package init(
        claim: LaneClaim, from: Position, to: Position, appends: [StationAppend],
        changes: [LaneValueChange] = [], values: LaneValueRecords = LaneValueRecords(),
        journal: JournalRecord,
        counts: LaneCounts = LaneCounts(), generation: UInt32? = nil
    ) {
        self.claim = claim
        self.from = from
        self.to = to
        self.appends = appends
        self.changes = changes
        self.values = values
        self.journal = journal
        self.counts = counts
        self.generation = generation
    }
}

/// Events for one station, in order. An unkeyed event goes to partition number
/// `unkeyedPartition` modulo the station's count.
package struct StationAppend: Sendable {
    package let station: StationName
    package var records: EventRecords
    package var unkeyedPartition: UInt32
    /// For each record the number, in its settlement, of the input event that caused it; empty
    /// when no settlement did.
    package var causes: [Int]
    /// What must hold for any of the events to be appended; not for settlements. Events whose ids
    /// are known with their payloads are duplicates whether or not it holds, so that a repetition
    /// of an append that succeeded is told so.
    package var expectation: AppendExpectation?
    /// Whether the events are those of another station, to be stored as they are: whatever ids are
    /// known, and all in `unkeyedPartition`. Not for settlements.
    package var isCopy: Bool

    package init(
        station: StationName, records: EventRecords = EventRecords(),
        unkeyedPartition: UInt32 = 0, causes: [Int] = [], expectation: AppendExpectation? = nil,
        isCopy: Bool = false
    ) {
        self.station = station
        self.records = records
        self.unkeyedPartition = unkeyedPartition
        self.causes = causes
        self.expectation = expectation
        self.isCopy = isCopy
    }
}

extension StationAppend {
    /// The partition of one of its events, in a station of so many.
    package func partition(of record: EventRecord, among count: UInt32) -> UInt32 {
        guard let key = record.key, !isCopy else { return unkeyedPartition % count }
        return Partitioner.partition(ofKey: key, partitions: count)
    }
}

/// A value that a lane keeps under a key from one settlement to the next, or its removal.
package struct LaneValueChange: Hashable, Sendable {
    package var space: LaneValueSpace
    /// 0 to 1,152 bytes.
    package var key: [UInt8]
    /// Nil removes the key.
    package var value: [UInt8]?

    package init(space: LaneValueSpace, key: [UInt8], value: [UInt8]?) {
        self.space = space
        self.key = key
        self.value = value
    }
}

/// What the values of a lane are for; engines only keep them apart.
package enum LaneValueSpace: UInt8, Hashable, Sendable, CaseIterable {
    /// Keys whose events wait behind a dead letter; the value is that letter's id.
    case parkedKeys = 1
    /// Dead letters that were resent or skipped, by their ids.
    case letterFates = 2
    /// Why the lane is paused, under the empty key.
    case pause = 3
    /// The function's state, by its keys.
    case state = 4
    /// How many keys have state, 64 bits under the empty key.
    case stateKeys = 5
    /// The timers that wait, by `StateTimer.indexKey`; the value is one byte, which means nothing.
    case timers = 6
    /// How far event time has come, 64 bits under the empty key.
    case watermark = 7
    /// Which replay made the outputs of which events, under the empty key.
    case generations = 8
    /// The lane's latest replay, under the empty key.
    case replay = 9
    /// Under the empty key a byte, which means nothing, where other stations took the names of
    /// inputs: what the lane's state tells of by offsets were events of the former ones.
    case swappedInputs = 10
    /// When an event came last, under the empty key.
    case silence = 11
}

/// A value that a lane keeps.
package struct LaneValue: Hashable, Sendable {
    package let key: [UInt8]
    package let value: [UInt8]

    package init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}
