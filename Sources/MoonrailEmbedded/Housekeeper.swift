import MoonrailCore

/// Removes what retention no longer keeps and merges cold chunks, a slice at a time. What there is
/// to do is found and prepared in a reading snapshot, so that the writer only changes rows.
struct Housekeeper<Time: Clock<Duration>> {
    let engine: EmbeddedEngine
    let rules: Housekeeping
    /// Measures the slices.
    let clock: Time
    /// Called after each slice with the time that it took.
    let rest: (Duration) async -> Void

    private(set) var work = Housekeeping.Work()
    /// How far partitions are merged, by their ids.
    private var merged: [Int64: SegmentsEnd] = [:]
    /// Partitions with a damaged chunk: not merged until the next start.
    private var damaged: Set<Int64> = []

    init(
        _ engine: EmbeddedEngine, _ rules: Housekeeping, clock: Time,
        rest: @escaping (Duration) async -> Void
    ) {
        self.engine = engine
        self.rules = rules
        self.clock = clock
        self.rest = rest
    }

    /// Does all that there is to do now, or what it comes to before it is cancelled.
    ///
    /// - Throws: `unavailable`, `full`; `corrupt` when it met a damaged chunk: the next round
    ///   leaves that partition out.
    mutating func round() async throws(EngineError) {
        for (name, station) in engine.writer.withState({ $0.stations }) {
            try await remove(from: name)
            for partition in station.partitions {
                try await merge(partition.id, of: name)
            }
        }
    }

    private mutating func remove(from name: StationName) async throws(EngineError) {
        while !Task.isCancelled, let station = engine.writer.withState({ $0.stations[name] }),
            !station.retention.isUnbounded
        {
            let now = engine.now()
            let plan = try await engine.reading {
                try RetentionPlan($0, name, station, now: now)
            }
            guard let plan, try await write(.remove(plan)) else { return }
            work.removedChunks += plan.chunks
        }
    }

    private mutating func merge(_ id: Int64, of name: StationName) async throws(EngineError) {
        while !Task.isCancelled, let partition = partition(id, of: name), isDue(partition) {
            let now = engine.now()
            let (rules, known) = (rules, merged[id])
            let (segment, end): (Segment?, SegmentsEnd)
            do throws(EngineError) {
                (segment, end) = try await engine.reading { database in
                    var end = SegmentsEnd(offset: partition.earliest, bytes: partition.bytesRemoved)
                    if let last = try known ?? Segment.end(database, partition: id),
                        last.offset > end.offset
                    {
                        end = last
                    }
                    let segment = try Segment(
                        database, partition: id, from: end.offset, rules: rules, now: now)
                    return (segment, end)
                }
            } catch {
                if case .corrupt = error { damaged.insert(id) }
                // Nothing is to be done for a station that was deleted meanwhile.
                if self.partition(id, of: name) == nil { return }
                throw error
            }
            merged[id] = end
            guard let segment, try await write(.merge(segment, of: name)) else { return }
            merged[id] = SegmentsEnd(offset: segment.end, bytes: segment.bytesEnd)
            work.segments += 1
            if segment.body != nil { work.mergedChunks += segment.parts.parts.count }
        }
    }

    private func partition(_ id: Int64, of name: StationName) -> PartitionState? {
        engine.writer.withState { $0.stations[name]?.partitions.first { $0.id == id } }
    }

    /// Whether a partition has grown by more than one segment since it was merged: a look at
    /// memory, so that quiet partitions cost nothing.
    private func isDue(_ partition: PartitionState) -> Bool {
        if damaged.contains(partition.id) { return false }
        guard let merged = merged[partition.id] else { return partition.next > partition.earliest }
        let offset = max(merged.offset, partition.earliest)
        let bytes = max(merged.bytes, partition.bytesRemoved)
        return partition.next - offset > UInt64(Bounds.batchEvents)
            || partition.bytesTotal - bytes > Int64(Bounds.batchBytes)
    }

    /// Writes one slice and rests.
    private func write(_ slice: WriteRequest.Work) async throws(EngineError) -> Bool {
        let start = clock.now
        guard case .kept(let isDone) = try await engine.queue.perform(slice) else {
            preconditionFailure("a slice is answered as one")
        }
        await rest(start.duration(to: clock.now))
        return isDone
    }
}

extension EmbeddedEngine {
    /// Removes what stations' retention no longer keeps and merges small cold chunks, over and over
    /// until the task is cancelled. Takes a small part of the writer's time, and none of the
    /// readers' data from under them. Once for each engine.
    ///
    /// - Parameter report: called with what kept it from its work; it tries again.
    package func keepHouse(
        _ rules: Housekeeping = Housekeeping(), clock: some Clock<Duration> = ContinuousClock(),
        report: (EngineError) -> Void
    ) async {
        var keeper = Housekeeper(self, rules, clock: clock) { took in
            // An error here is the cancellation, which the loops see themselves.
            try? await clock.sleep(for: max(rules.rest, took * (1 / rules.share - 1)))
        }
        while !Task.isCancelled {
            do throws(EngineError) {
                try await keeper.round()
            } catch {
                report(error)
            }
            try? await clock.sleep(for: rules.interval)
        }
    }

    /// Does at once, without rests, all that `keepHouse` would do.
    ///
    /// - Throws: `unavailable`, `full`, `corrupt`; what was done until then stays done.
    @discardableResult
    package func tidy(
        _ rules: Housekeeping = Housekeeping()
    ) async throws(EngineError) -> Housekeeping.Work {
        var keeper = Housekeeper(self, rules, clock: ContinuousClock()) { _ in }
        try await keeper.round()
        return keeper.work
    }
}
