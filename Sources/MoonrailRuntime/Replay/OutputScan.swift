import MoonrailCore

/// Finds what a lane's outputs hold of some of its input events. Reads all of the outputs, from the
/// first event on: resent dead letters and earlier replays may have put them anywhere.
struct OutputScan: Sendable {
    let lane: LaneID
    /// The function's outputs, and the station of its dead letters.
    let stations: [StationName]
    /// Which replay's outputs count for which events; those of others are passed over.
    let generations: Generations
    /// Whether the function had timers, which emit beside events.
    var hasTimers = false
    let engine: any StationEngine

    /// What was found so far.
    private struct Found {
        var entries: [StationName: [RecordedOutputs.Entry]] = [:]
        var fired: FiredOutputs
        var emitters: EmitterSearch
    }

    /// Offsets of each input that are looked up at a time: what is held in memory of them has this
    /// bound, times what an event emits.
    static let slice: UInt64 = 1_000_000

    private static let bounds = ReadBounds(events: 4_096, bytes: 1 << 20)

    /// What is there of the events from one position up to another.
    ///
    /// - Throws: as `StationLog.read`; a station that does not exist holds nothing.
    func outputs(
        from first: Position, to end: Position
    ) async throws(EngineError) -> RecordedOutputs {
        let names = try await names()
        var found = Found(
            fired: FiredOutputs(
                partition: lane.partition, names: names.sorted(), generations: generations),
            emitters: EmitterSearch(partition: lane.partition))
        for (number, station) in stations.enumerated() {
            guard let partitions = try await partitions(of: station) else { continue }
            for partition in 0..<partitions {
                var cursor = StationCursor(station: station, partition: partition, offset: 0)
                while !Task.isCancelled {
                    let events = try await engine.read(cursor, bounds: Self.bounds)
                    guard let last = events.offsets.last else { break }
                    collect(events, of: names, UInt16(number), from: first, to: end, &found)
                    cursor.offset = last + 1
                }
            }
        }
        return RecordedOutputs(found.entries, fired: found.fired)
    }

    /// All that the function was ever called: its outputs tell the name of their time.
    private func names() async throws(EngineError) -> Set<FunctionName> {
        // A shadow emits in the name of its function.
        try await FunctionRegistry(engine).names(of: lane.function.original)
    }

    private func collect(
        _ events: StoredEvents, of names: Set<FunctionName>, _ output: UInt16, from first: Position,
        to end: Position, _ found: inout Found
    ) {
        let isOwn = events.records.origins.map {
            names.contains($0.function) && $0.partition == lane.partition
        }
        guard isOwn.contains(true) else { return }
        events.records.forEachRecord { index, record in
            guard let cause = record.origin, isOwn[cause.originIndex] else { return }
            let origin = events.records.origins[cause.originIndex]
            let station = origin.station
            guard let begin = first.offsets[station], let end = end.offsets[station],
                (begin..<max(begin, end)).contains(cause.offset),
                origin.generation == generations.generation(of: station, at: cause.offset)
            else { return }
            let entry = RecordedOutputs.Entry(
                input: InputPlace(station: station, offset: cause.offset),
                emission: cause.emission, output: output, partition: events.partition,
                offset: events.offsets[index], content: OutputContent(record))
            if hasTimers, let id = found.emitters.firedID(of: record, origin) {
                found.fired.insert(entry, id: id)
            } else {
                found.entries[station, default: []].append(entry)
            }
        }
    }

    private func partitions(of station: StationName) async throws(EngineError) -> UInt32? {
        do throws(EngineError) {
            return try await engine.describe(station).settings.partitions
        } catch {
            guard case .stationNotFound = error else { throw error }
            return nil
        }
    }
}
