import MoonrailCore

/// Settlements of one lane under way: first their events, and then the message that makes them so.
struct Settling: Sendable {
    private let lane: LaneID
    private let engine: JetStreamEngine
    private var owned: OwnedLane
    private var message: LaneMessage
    /// What was sent last to each station.
    private var lastEmissions: [StationName: EmissionPlace] = [:]
    private var follows: [StationName: Bool] = [:]

    /// How much earlier than by the lane's last message an event of a settlement that was not made
    /// may have been stored: clocks of servers differ.
    private static let clockMargin = Duration.seconds(10)
    /// Events that a lane settles after a claim or a failure before it is certain that what it
    /// publishes was never published: more than an owner ever has under way.
    private static let earlierEvents: UInt64 = 16 * UInt64(Bounds.batchEvents)

    init(_ lane: LaneID, _ owned: OwnedLane, of engine: JetStreamEngine) {
        self.lane = lane
        self.engine = engine
        self.owned = owned
        message = LaneMessage(
            .settlements, nonce: .random(in: .min ... .max), state: owned.state)
    }

    /// Publishes the events of all settlements, one behind the other, and adds what else they say
    /// to the message.
    ///
    /// - Throws: `emissionConflicts`, and then some of the events may be there.
    mutating func publish(_ settlements: [Settlement]) async throws(EngineError) {
        var sent: [(number: Int, emissions: SentEmissions)] = []
        for (number, settlement) in settlements.enumerated() {
            let emissions = try await emissions(of: settlement)
            // What runs behind an event that is refused may come out otherwise.
            let mayBeRefused = emissions.contains(where: \.givesIDs)
            if mayBeRefused { try await finish(&sent) }
            for var next in emissions {
                let follow = !mayBeRefused && follow(next)
                if !follow, !engine.answers.isRecent(next.station) {
                    try await finish(&sent)
                    try await next.sendFirst(on: engine)
                }
                sent.append((number, next.send(on: engine, follow: follow)))
            }
            add(settlement)
            if mayBeRefused { try await finish(&sent) }
        }
        try await finish(&sent)
    }

    private mutating func emissions(
        of settlement: Settlement
    ) async throws(EngineError) -> [Emissions] {
        var all: [Emissions] = []
        for append in settlement.appends {
            let station = append.station
            let emissions = Emissions(
                append, to: try await engine.stations.station(station),
                without: try await tail(of: station), behind: lastEmissions[station])
            owned.tails[station]?.subtract(emissions.found)
            lastEmissions[station] = emissions.last ?? lastEmissions[station]
            all.append(emissions)
        }
        return all
    }

    /// Waits for what was sent, all of it, whatever becomes of one.
    private mutating func finish(
        _ sent: inout [(number: Int, emissions: SentEmissions)]
    ) async throws(EngineError) {
        var conflicts: [Int: Set<Int>] = [:]
        var failure: EngineError?
        for (number, emissions) in sent {
            do throws(EngineError) {
                let outcome = try await emissions.finish(on: engine)
                conflicts[number, default: []].formUnion(outcome.conflicts)
                message.state.counts.emitted -= outcome.repeated
            } catch {
                failure = failure ?? error
            }
        }
        sent.removeAll()
        if let failure { throw failure }
        if let (number, events) = conflicts.filter({ !$0.value.isEmpty }).min(by: {
            $0.key < $1.key
        }) {
            engine.laneLogs.keep(owned, of: lane)
            throw .emissionConflicts(lane, settlement: number, events: events.sorted())
        }
    }

    /// Whether events are to be stored right behind each other; the same for all of a station that
    /// are under way, as none may be stored behind one that was not.
    private mutating func follow(_ emissions: Emissions) -> Bool {
        if let known = follows[emissions.station] { return known }
        let follow =
            !emissions.isReplicated && owned.events >= Self.earlierEvents
            && engine.followers.mayFollow(emissions.station)
        follows[emissions.station] = follow
        return follow
    }

    private mutating func add(_ settlement: Settlement) {
        message.state.counts += settlement.counts
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
        owned.events += message.state.counts.processed - owned.state.counts.processed
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
    /// The ids of events that a function emitted to a station since a time.
    func ids(
        in station: StationName, since time: EventTime, of function: FunctionName
    ) async throws(EngineError) -> Set<NameHash> {
        var ids: Set<NameHash> = []
        let known = try await stations.station(station)
        for partition in 0..<known.partitions {
            // All of it is read, however late a server tells that it is there.
            _ = try await lastOffset(of: known, partition)
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
