import MoonrailCore

/// Walks from an event to its causes and to its effects.
package struct Lineage: Sendable {
    private let engine: any StationEngine
    private let deadLetters: DeadLetters
    private let journalRecords: Int

    /// Most events of one trace.
    package static let eventsMaximum = 1_000

    /// - Parameter journalRecords: how many one trace may read, one after another, where halving
    ///   does not find what it looks for: a million take a few seconds.
    package init(
        engine: any StationEngine, deadLetters: DeadLetters, journalRecords: Int = 1_000_000
    ) {
        self.engine = engine
        self.deadLetters = deadLetters
        self.journalRecords = journalRecords
    }

    /// The causes of an event back to the producer's, and its effects through every function.
    ///
    /// - Parameter limit: 1 to `eventsMaximum`, causes and effects together.
    /// - Throws: `EngineError`; `EventNotHeld` when there is no such event, or no more.
    package func trace(_ place: StationCursor, limit: Int) async throws -> Trace {
        guard let stored = try await StoredEvent(at: place, in: engine) else {
            throw try await notHeld(place)
        }
        let map = try await LineageMap(engine)
        var (chain, end) = try await chain(from: stored, map)
        var causes: [TracedEvent] = []
        for (number, event) in chain.enumerated() {
            causes.append(event.traced(after: number == 0 ? nil : chain[number - 1].appended))
        }
        if causes.count >= limit {
            end = "only the last \(limit - 1) of its causes are told"
            causes.removeFirst(causes.count - limit + 1)
        }
        var walk = LineageWalk(
            engine, deadLetters, map, events: limit - causes.count,
            records: journalRecords)
        var event = stored.traced(after: chain.last?.appended)
        _ = try await walk.tellLetter(stored, &event)
        try await walk.follow(&event)
        return Trace(causes: causes, causesEnd: end, event: event, missing: walk.missing)
    }

    /// The events that led to `event`, the first of them first, and why there are no earlier ones,
    /// unless it is a producer's.
    private func chain(
        from event: StoredEvent, _ map: LineageMap
    ) async throws(EngineError) -> ([StoredEvent], end: String?) {
        var chain: [StoredEvent] = []
        var event = event
        while let cause = event.cause {
            if event.isRestored {
                return (chain.reversed(), "a reset gave this state back; no event caused it")
            }
            let place = StationCursor(
                station: map.latestName(of: cause.origin.station),
                partition: cause.origin.partition, offset: cause.offset)
            guard chain.count <= Int(Bounds.hops) else {
                return (chain.reversed(), "a chain has \(Bounds.hops) functions at most")
            }
            let found: StoredEvent?
            do throws(EngineError) {
                found = try await StoredEvent(at: place, in: engine)
            } catch {
                guard error.isAbsence else { throw error }
                return (chain.reversed(), "the cause \(place.text) is gone: \(error)")
            }
            guard let found else {
                return (chain.reversed(), "the cause \(place.text) is no longer held")
            }
            if !found.isCause(of: event), let kept = try await kept(of: found, causing: event) {
                chain.append(kept)
                event = kept
                continue
            }
            guard found.isCause(of: event) else {
                return (
                    chain.reversed(),
                    "the cause \(place.text) is gone: station '\(place.station)' was made anew"
                )
            }
            chain.append(found)
            event = found
        }
        return (chain.reversed(), nil)
    }

    /// The cause of an event where a swap has kept it, of which `found` has taken the place.
    private func kept(
        of found: StoredEvent, causing event: StoredEvent
    ) async throws(EngineError) -> StoredEvent? {
        guard let maker = found.cause?.origin.function,
            let station = try? found.place.station.shadow(of: maker)
        else { return nil }
        let place = StationCursor(
            station: station, partition: found.place.partition, offset: found.place.offset)
        do throws(EngineError) {
            let kept = try await StoredEvent(at: place, in: engine)
            return kept?.isCause(of: event) == true ? kept : nil
        } catch {
            guard error.isAbsence else { throw error }
            return nil
        }
    }

    private func notHeld(_ place: StationCursor) async throws(EngineError) -> EventNotHeld {
        let partitions = try await engine.describe(place.station).partitions
        let partition = partitions[Int(place.partition)]
        let name = "\(place.station)/\(place.partition)"
        if place.offset < partition.earliest {
            return EventNotHeld(
                description: "offset \(place.offset) of \(name) is no longer held; retention has "
                    + "removed what lies before offset \(partition.earliest)")
        }
        return EventNotHeld(
            description: "\(name) has no event at offset \(place.offset); "
                + (partition.next == 0 ? "it is empty" : "its last is \(partition.next - 1)"))
    }
}

extension EngineError {
    /// What was asked for is not there.
    var isAbsence: Bool {
        switch self {
        case .stationNotFound, .partitionNotFound: true
        default: false
        }
    }
}

extension StationCursor {
    /// `station/partition/offset`.
    package var text: String {
        positionalID(station: station, partition: partition, offset: offset)
    }
}
