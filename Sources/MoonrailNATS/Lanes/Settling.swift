import MoonrailCore

/// Settlements of one lane under way: first their events, and then the message that makes them so.
struct Settling: Sendable {
    private let lane: LaneID
    private let engine: JetStreamEngine
    private var owned: OwnedLane
    private var message: LaneMessage

    /// How much earlier than by the lane's last message an event of a settlement that was not made
    /// may have been stored: clocks of servers differ.
    private static let clockMargin = Duration.seconds(10)

    init(_ lane: LaneID, _ owned: OwnedLane, of engine: JetStreamEngine) {
        self.lane = lane
        self.engine = engine
        self.owned = owned
        message = LaneMessage(
            .settlements, nonce: .random(in: .min ... .max), state: owned.state)
    }

    /// Publishes the events of the next settlement, and adds what else it says to the message.
    ///
    /// - Throws: `emissionConflicts`, and then some of its events may be there.
    mutating func publish(_ settlement: Settlement, number: Int) async throws(EngineError) {
        var conflicts: Set<Int> = []
        var repeated: UInt64 = 0
        for append in settlement.appends {
            let known = try await tail(of: append.station)
            let outcome = try await engine.publish(append, known: known)
            owned.tails[append.station]?.subtract(outcome.found)
            conflicts.formUnion(outcome.conflicts)
            repeated += outcome.repeated
        }
        guard conflicts.isEmpty else {
            engine.laneLogs.keep(owned, of: lane)
            throw .emissionConflicts(lane, settlement: number, events: conflicts.sorted())
        }
        add(settlement, repeated: repeated)
    }

    private mutating func add(_ settlement: Settlement, repeated: UInt64) {
        message.state.counts += settlement.counts
        message.state.counts.emitted -= repeated
        for (name, next) in settlement.to.offsets { message.state.places[name]?.next = next }
        if let generation = settlement.generation { message.state.generation = generation }
        message.state.settlements += 1
        message.journal.append(settlement.journal.encoded)
        for change in settlement.changes { message.values.append(change) }
        settlement.values.forEach { message.values.append($0) }
    }

    /// Writes the message, behind the lane's last one and nowhere else.
    mutating func commit() async throws(EngineError) {
        let limit = engine.broker.payloadMaximum - (64 << 10)
        let messages = message.cut(to: limit)
        let before = owned.last
        let written: UInt64?
        do throws(BrokerFault) {
            written = try await engine.laneLogs.append(messages, to: lane, behind: before)
        } catch {
            owned.doubtful = message
            engine.laneLogs.keep(owned, of: lane)
            throw EngineError(error, "settling lane \(lane)")
        }
        guard let written else {
            engine.laneLogs.lose(lane, fence: owned.fence)
            throw .claimLost(lane)
        }
        owned.last = written
        owned.state = message.state
        owned.settled = .now
        engine.laneLogs.keep(owned, of: lane)
        try await engine.laneLogs.mirror.apply(
            messages.map(\.values), of: lane, after: before, through: written)
    }

    /// Ids of events that the station got since the lane settled last, where that is so long ago
    /// that the broker may have forgotten them.
    private mutating func tail(
        of station: StationName
    ) async throws(EngineError) -> Set<NameHash> {
        if let known = owned.tails[station] { return known }
        let window = try await engine.stations.station(station).configuration.duplicate_window
        guard .now - owned.settled > .nanoseconds(window / 2),
            let last = try await engine.laneLogs.last(lane)
        else { return [] }
        let found = try await engine.ids(
            in: station, since: last.settled - Self.clockMargin, of: lane.function)
        owned.tails[station] = found
        return found
    }
}

extension JetStreamEngine {
    /// What came of publishing a settlement's events.
    struct EmissionOutcome {
        /// Numbers of events that caused emissions whose ids their station knows with other
        /// payloads.
        var conflicts: Set<Int> = []
        /// Emissions with ids that scripts gave, which are there already.
        var repeated: UInt64 = 0
        /// Ids that were not published, as they are known to be there.
        var found: [NameHash] = []
    }

    /// Publishes emissions one behind the other.
    ///
    /// - Parameter known: ids of those that are there already.
    func publish(
        _ append: StationAppend, known: Set<NameHash>
    ) async throws(EngineError) -> EmissionOutcome {
        let station = try await stations.station(append.station)
        let count = station.partitions
        let unkeyed = append.unkeyedPartition % count
        let subjects = (0..<count).map { naming.subject(of: append.station, $0) }
        var indices: [Int] = []
        var outcome = EmissionOutcome()
        append.records.forEachRecord { index, record in
            if !known.isEmpty, case let id = NameHash(record.idField), known.contains(id) {
                outcome.found.append(id)
            } else {
                indices.append(index)
            }
        }
        let receipts = await broker.publish(count: indices.count) { [indices] sequence in
            for index in indices {
                append.records.withRecord(index) { record in
                    let partition =
                        record.key.map { Partitioner.partition(ofKey: $0, partitions: count) }
                        ?? unkeyed
                    sequence.publish(subjects[Int(partition)], record.payload) {
                        EventMessage.write(
                            record, append.records.origins, append.station, to: &$0)
                    }
                }
            }
        }
        for (index, receipt) in zip(indices, receipts) {
            switch receipt {
            case .stored(let sequence):
                let partition = append.records.withRecord(index) { record in
                    record.key.map { Partitioner.partition(ofKey: $0, partitions: count) }
                        ?? unkeyed
                }
                readers.learn(append.station, partition, sequence - 1)
            case .duplicate(let sequence):
                // An id that was computed stands for what it was computed of.
                if append.records.withRecord(index, { $0.flags.contains(.derivedID) }) { continue }
                if case .conflict = try await self.known(append, index, at: sequence) {
                    outcome.conflicts.insert(append.causes.isEmpty ? 0 : append.causes[index])
                } else {
                    outcome.repeated += 1
                }
            case .failed(let fault):
                throw try await stations.failure(ofAppendTo: append.station, fault)
            }
        }
        return outcome
    }

    /// The ids of events that a function emitted to a station since a time.
    func ids(
        in station: StationName, since time: EventTime, of function: FunctionName
    ) async throws(EngineError) -> Set<NameHash> {
        var ids: Set<NameHash> = []
        for partition in 0..<(try await stations.station(station).partitions) {
            var cursor = StationCursor(
                station: station, partition: partition,
                offset: try await seek(station, partition: partition, to: time))
            while true {
                let part = try await read(cursor, bounds: ReadBounds())
                guard let last = part.offsets.last else { break }
                part.records.forEachRecord { _, record in
                    guard let origin = record.origin,
                        part.records.origins[origin.originIndex].function == function
                    else { return }
                    ids.insert(NameHash(record.idField))
                }
                cursor.offset = last + 1
            }
        }
        return ids
    }
}

extension EventTime {
    static func - (left: EventTime, right: EventTime) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }

    static func - (left: EventTime, right: Duration) -> EventTime {
        EventTime(microseconds: left.microseconds - right.nanoseconds / 1_000)
    }
}
