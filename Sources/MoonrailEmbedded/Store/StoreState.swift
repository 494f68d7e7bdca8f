import MoonrailCore

/// What is committed, as memory knows it: stations with their ends, lanes with their positions.
///
/// Written by the writer after each commit, read by everyone.
struct StoreState: Sendable {
    var stations: [StationName: StationState] = [:]
    var lanes: [LaneID: LaneState] = [:]

    func station(_ name: StationName) throws(EngineError) -> StationState {
        guard let station = stations[name] else { throw .stationNotFound(name) }
        return station
    }

    func partition(
        _ number: UInt32, of name: StationName
    ) throws(EngineError) -> PartitionState {
        let station = try station(name)
        guard number < station.partitions.count else {
            throw .partitionNotFound(
                name, partition: number, count: UInt32(station.partitions.count))
        }
        return station.partitions[Int(number)]
    }

    /// Events that a lane at `position` has not settled.
    func lag(_ lane: LaneID, _ position: Position) -> UInt64 {
        position.offsets.reduce(0) { sum, input in
            guard let partition = try? partition(lane.partition, of: input.key) else { return sum }
            let next = max(input.value, partition.earliest)
            return sum + (partition.next > next ? partition.next - next : 0)
        }
    }
}

struct StationState: Sendable {
    let id: Int64
    let created: EventTime
    var retention: Retention
    var duplicates: DuplicateReach
    var partitions: [PartitionState]
    /// Ids given to its events so far.
    var idsTotal: Int64 = 0

    /// When its latest event was appended; a later one is never earlier. The least integer when
    /// there never was one.
    var appendedMax: Int64 { partitions.reduce(.min) { max($0, $1.appendedMax) } }

    /// Number of the first id that its window may know as far as the number of ids and retention
    /// go: what retention removes, oldest first, leaves the window with its ids.
    var firstWindowID: Int {
        let removed = partitions.reduce(0) { max($0, $1.idsRemoved) }
        return Int(max(idsTotal - Int64(duplicates.ids), removed))
    }

    var settings: StationSettings {
        StationSettings(
            partitions: UInt32(partitions.count), retention: retention, duplicates: duplicates)
    }
}

struct PartitionState: Sendable {
    let id: Int64
    var earliest: UInt64 = 0
    var next: UInt64 = 0
    /// When its latest event was appended; a later one is never earlier.
    var appendedMax: Int64 = .min
    /// Bytes of chunks written so far.
    var bytesTotal: Int64 = 0
    /// The part of `bytesTotal` that is no longer held.
    var bytesRemoved: Int64 = 0
    /// Ids given to its station's events up to the last chunk of this partition that retention
    /// removed.
    var idsRemoved: Int64 = 0

    var summary: PartitionSummary {
        PartitionSummary(
            earliest: earliest, next: next, events: next - earliest,
            bytes: UInt64(max(0, bytesTotal - bytesRemoved)))
    }
}

struct LaneState: Sendable {
    let id: Int64
    var generation: UInt32
    var fence: UInt64
    /// Number of the next journal record.
    var sequence: UInt64
    /// Also of inputs that it read once: it goes on there when it reads them again.
    var position: Position
    var counts: LaneCounts
    /// What its latest claim reads; nil before its first claim in this process, when all that it
    /// ever read is meant.
    var inputs: Set<StationName>?
    /// How many commits had been withdrawn from under lanes at its latest claim.
    var withdrawals = 0

    /// Where it stands in what it reads.
    var readPosition: Position {
        guard let inputs else { return position }
        return Position(position.offsets.filter { inputs.contains($0.key) })
    }
}
