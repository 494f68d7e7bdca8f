import MoonrailCore

/// Goes from an event to what functions made of it, and on from each of these events, until no
/// function has taken any, or as many events are told as may be.
///
/// Where a settlement's outputs are it finds by their time: all that a settlement appends is
/// written in one commit, whose time the lane's journal has, and a station is sought by time.
struct LineageWalk: Sendable {
    private let engine: any StationEngine
    private let deadLetters: DeadLetters
    private let map: LineageMap
    private var journal: JournalSearch
    /// Events that may still be told.
    private var eventsLeft: Int
    /// What may be missing, a sentence each.
    private(set) var missing: [String] = []
    /// The earliest offset of each partition; none where there is no such station.
    private var earliest: [StationName: [UInt64]] = [:]

    init(
        _ engine: any StationEngine, _ deadLetters: DeadLetters, _ map: LineageMap, events: Int,
        records: Int
    ) {
        self.engine = engine
        self.deadLetters = deadLetters
        self.map = map
        journal = JournalSearch(engine, records: records)
        eventsLeft = events - 1
    }

    /// Adds what came of the event.
    ///
    /// - Throws: `EngineError`.
    mutating func follow(_ event: inout TracedEvent) async throws(EngineError) {
        guard eventsLeft > 0 else {
            return note("more came of it than one answer tells; trace an event further down")
        }
        for (name, function) in map.readers(of: event.place.station) {
            let id = LaneID(function: name, partition: event.place.partition)
            guard let lane = map.lanes[id] else {
                if !function.isRemoved { event.runs.append(.waiting(id)) }
                continue
            }
            event.runs += try await runs(of: lane, function, over: event)
        }
    }

    private mutating func runs(
        of lane: LaneSummary, _ function: LineageMap.Function, over event: TracedEvent
    ) async throws(EngineError) -> [TracedRun] {
        let offset = event.place.offset
        let next = lane.position.offsets[event.place.station]
        let isReplayed = try await journal.isReplayed(lane.lane)
        if let next, offset >= next, !isReplayed {
            return function.isRemoved ? [] : [.waiting(lane.lane)]
        }
        let (records, isBroken) = try await journal.records(
            of: lane,
            taking: .init(stations: map.names(of: event.place.station), offset: offset),
            since: event.appended)
        if isBroken {
            note("the journal of lane \(lane.lane) is too long to be read as a whole")
        }
        var runs: [TracedRun] = []
        for record in records {
            guard let settled = record.settled else {
                note(
                    "lane \(lane.lane) settled \(event.place.text) before settlements kept their "
                        + "times; what came of it is not looked for")
                continue
            }
            runs += try await self.runs(
                of: lane.lane, function, version: record.version, settled, over: event)
        }
        if function.isRemoved { return runs }
        // A station that was made anew has no position until its lane is claimed again.
        if next.map({ offset >= $0 }) ?? function.readsNow.contains(event.place.station) {
            runs.append(.waiting(lane.lane))
        } else if next != nil, records.isEmpty, !isBroken {
            runs.append(
                TracedRun(
                    lane: lane.lane, outcome: .passed, version: nil, after: nil, events: []))
        }
        return runs
    }

    /// What one settlement made of an event, and what became of its dead letter.
    private mutating func runs(
        of lane: LaneID, _ function: LineageMap.Function, version: FunctionVersion,
        _ settled: ClosedRange<EventTime>, over event: TracedEvent
    ) async throws(EngineError) -> [TracedRun] {
        let found = try await effects(of: event, lane, function, settled)
        var resent: [TracedRun] = []
        var events: [TracedEvent] = []
        for stored in found {
            var traced = stored.traced(after: event.appended)
            for followUp in try await tellLetter(stored, &traced) {
                resent += try await run(
                    of: lane, function, resending: stored, by: followUp, over: event)
            }
            try await follow(&traced)
            events.append(traced)
        }
        let outcome: TracedRun.Outcome =
            events.contains { $0.letter != nil } ? .letter : events.isEmpty ? .nothing : .effects
        let run = TracedRun(
            lane: lane, outcome: outcome, version: version,
            after: event.appended.map(settled.upperBound.since), events: events)
        return [run] + resent
    }

    /// Adds why an event is a dead letter and what became of it, if it is one.
    ///
    /// - Returns: what was done about it.
    func tellLetter(
        _ stored: StoredEvent, _ event: inout TracedEvent
    ) async throws(EngineError) -> [(place: StationCursor, event: Event)] {
        guard var letter = stored.letter, let function = map.owner(of: stored.place.station)
        else { return [] }
        letter.function = function
        let followUps = try await deadLetters.followUps(of: letter)
        event.letter = TracedLetter(
            id: letter.id, reason: letter.reason, message: letter.message,
            status: try await deadLetters.status(of: letter), followUps: followUps.map(\.event))
        return followUps
    }

    /// What a dead letter's run came to, if it was resent.
    private mutating func run(
        of lane: LaneID, _ function: LineageMap.Function, resending letter: StoredEvent,
        by followUp: (place: StationCursor, event: Event), over event: TracedEvent
    ) async throws(EngineError) -> [TracedRun] {
        guard let told = ResentLetter(followUp.event),
            let time = try await engine.appendedAt(followUp.place)
        else { return [] }
        // Letters of the same event, of several replays, may have been resent at once.
        let found = try await effects(
            of: event, lane, function, time...time, generation: letter.cause?.origin.generation)
        var events: [TracedEvent] = []
        var emissions = 0
        for stored in found where stored.letter == nil {
            var traced = stored.traced(after: event.appended)
            if traced.kind == .emitted { emissions += 1 }
            try await follow(&traced)
            events.append(traced)
        }
        if emissions < told.emissions, eventsLeft > 0 {
            note(
                "the dead letter of \(event.place.text) came to \(told.emissions) events when it "
                    + "was resent, of which \(emissions) are found")
        }
        return [
            TracedRun(
                lane: lane, outcome: .resent, version: told.version,
                after: event.appended.map(time.since), events: events)
        ]
    }

    /// What was appended within `times` because of an event, in the order of stations, partitions
    /// and offsets.
    ///
    /// - Parameter generation: nil for any.
    private mutating func effects(
        of event: TracedEvent, _ lane: LaneID, _ function: LineageMap.Function,
        _ times: ClosedRange<EventTime>, generation: UInt32? = nil
    ) async throws(EngineError) -> [StoredEvent] {
        if !function.isRecorded { note("what function '\(lane.function)' writes is not on record") }
        let stations = map.names(of: event.place.station)
        var found: [StoredEvent] = []
        for station in try await outputs(of: lane.function, function) {
            for partition in (earliest[station] ?? []).indices {
                let cursor = StationCursor(
                    station: station, partition: UInt32(partition), offset: 0)
                guard let range = try await range(of: cursor, times) else { continue }
                try await forEach(in: range, of: cursor) { events, number, time in
                    guard let cause = events.cause(number),
                        cause.emission != StateValue.restoredEmission,
                        cause.offset == event.place.offset,
                        stations.contains(cause.origin.station),
                        cause.origin.partition == event.place.partition,
                        function.names.contains(cause.origin.function),
                        generation == nil || generation == cause.origin.generation
                    else { return }
                    found.append(StoredEvent(events, number, appended: time))
                }
            }
        }
        if found.count > eventsLeft {
            note("more came of it than one answer tells; trace an event further down")
            found.removeLast(found.count - eventsLeft)
        }
        eventsLeft -= found.count
        return found
    }

    /// The offsets of a partition that were appended within `times`, and when the first of them
    /// was; nil when none were.
    private mutating func range(
        of cursor: StationCursor, _ times: ClosedRange<EventTime>
    ) async throws(EngineError) -> (offsets: Range<UInt64>, first: EventTime)? {
        let (station, partition) = (cursor.station, cursor.partition)
        var cursor = cursor
        cursor.offset = try await engine.seek(
            station, partition: partition, to: times.lowerBound)
        let earliest = earliest[station]?[Int(partition)] ?? 0
        if earliest > 0, cursor.offset <= earliest {
            note(
                "retention has removed what \(station)/\(partition) held before offset "
                    + "\(earliest)")
        }
        guard let first = try await engine.appendedAt(cursor), first <= times.upperBound else {
            return nil
        }
        let end = try await engine.seek(
            station, partition: partition,
            to: EventTime(microseconds: times.upperBound.microseconds + 1))
        return end > cursor.offset ? (cursor.offset..<end, first) : nil
    }

    private func forEach(
        in range: (offsets: Range<UInt64>, first: EventTime), of cursor: StationCursor,
        _ body: (StoredEvents, Int, EventTime) -> Void
    ) async throws(EngineError) {
        var cursor = cursor
        cursor.offset = range.offsets.lowerBound
        while cursor.offset < range.offsets.upperBound {
            let bounds = ReadBounds(
                events: min(
                    Bounds.batchEvents, Int(range.offsets.upperBound - cursor.offset)))
            let events = try await engine.read(cursor, bounds: bounds)
            guard let last = events.offsets.last else { return }
            for number in 0..<events.count { body(events, number, range.first) }
            cursor.offset = last + 1
        }
    }

    /// The stations that hold what a function made, as far as they exist.
    private mutating func outputs(
        of name: FunctionName, _ function: LineageMap.Function
    ) async throws(EngineError) -> [StationName] {
        let own: Set<StationName> = [.deadLetters(of: name), .stateChanges(of: name)]
        var outputs: [StationName] = []
        for station in function.writes.union(own).sorted() {
            if earliest[station] == nil {
                do throws(EngineError) {
                    earliest[station] = try await engine.describe(station).partitions
                        .map(\.earliest)
                } catch {
                    guard error.isAbsence else { throw error }
                    earliest[station] = []
                }
            }
            if earliest[station]?.isEmpty == false {
                outputs.append(station)
            } else if !own.contains(station) {
                note("station '\(station)', which '\(name)' writes or wrote, does not exist")
            }
        }
        return outputs
    }

    private mutating func note(_ sentence: String) {
        if !missing.contains(sentence) { missing.append(sentence) }
    }
}

/// What the follow-up of a dead letter that was resent tells.
private struct ResentLetter {
    let version: FunctionVersion
    let emissions: Int

    /// - Returns: nil for other follow-ups.
    init?(_ event: Event) {
        guard event.type == LetterFollowUp.resent(emissions: 0).type,
            case .object(let facts) = try? JSONValue(parsing: event.payload),
            case .string(let version) = facts["version"],
            case .integer(let emissions) = facts["emissions"]
        else { return nil }
        self.version = FunctionVersion(text: version)
        self.emissions = Int(clamping: emissions)
    }
}

extension TracedRun {
    fileprivate static func waiting(_ lane: LaneID) -> TracedRun {
        TracedRun(lane: lane, outcome: .waiting, version: nil, after: nil, events: [])
    }
}
