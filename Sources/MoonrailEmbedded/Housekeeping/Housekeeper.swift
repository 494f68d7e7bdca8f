import MoonrailCore

/// Removes what retention no longer keeps and merges cold chunks, a slice at a time. What there is
/// to do is found and prepared in a reading snapshot, so that the writer only changes rows.
struct Housekeeper {
    private let engine: EmbeddedEngine
    private let rules: Housekeeping
    /// Called after each slice with the time for which it held the writer.
    private let rest: (Duration) async -> Void

    private(set) var work = Housekeeping.Work()
    /// Partitions that this and the next turns look at for something to merge.
    private var ahead: [SegmentRun.Place] = []
    /// How far partitions are merged, by their ids.
    private var merged: [Int64: SegmentsEnd] = [:]
    /// Partitions with a damaged chunk: not merged until the next start.
    private var damaged: Set<Int64> = []

    init(
        _ engine: EmbeddedEngine, _ rules: Housekeeping,
        rest: @escaping (Duration) async -> Void
    ) {
        self.engine = engine
        self.rules = rules
        self.rest = rest
    }

    /// Removes at most one slice of each station and then merges for at most an interval, so that
    /// neither a station nor either kind of work waits for all of another's.
    ///
    /// - Returns: whether there may be more to do.
    /// - Throws: `unavailable`, `full`; `corrupt` when it met a damaged chunk: the next turns leave
    ///   that partition out.
    mutating func turn() async throws(EngineError) -> Bool {
        let stations = engine.writer.withState { $0.stations }
        var isMore = false
        for name in stations.keys where !Task.isCancelled {
            if try await remove(from: name) { isMore = true }
        }
        if ahead.isEmpty {
            ahead = stations.flatMap { name, station in
                station.partitions.enumerated().map { number, partition in
                    SegmentRun.Place(station: name, number: UInt32(number), id: partition.id)
                }
            }
        }
        let end = ContinuousClock.now.advanced(by: rules.interval)
        while !Task.isCancelled, ContinuousClock.now < end, let next = ahead.popLast() {
            if try await merge(next) { isMore = true }
        }
        return isMore || !ahead.isEmpty
    }

    private mutating func remove(from name: StationName) async throws(EngineError) -> Bool {
        guard let station = engine.writer.withState({ $0.stations[name] }),
            !station.retention.isUnbounded
        else { return false }
        let now = engine.writer.now()
        let plan: RetentionPlan?
        do throws(EngineError) {
            plan = try await engine.reading { try RetentionPlan($0, name, station, now: now) }
        } catch {
            // Nothing is to be done for a station that was deleted meanwhile.
            if engine.writer.withState({ $0.stations[name]?.id }) != station.id { return false }
            throw error
        }
        guard let plan, try await write(.remove(plan)) else { return false }
        work.removedChunks += plan.chunks
        return true
    }

    private mutating func merge(_ place: SegmentRun.Place) async throws(EngineError) -> Bool {
        guard let partition = partition(place), isDue(partition) else { return false }
        let id = place.id
        let (start, run) = (merged[id], SegmentRun.Rules(rules, now: engine.writer.now()))
        let slice: SegmentRun
        do throws(EngineError) {
            slice = try await engine.reading {
                try SegmentRun($0, place, partition, from: start, rules: run)
            }
        } catch {
            if self.partition(place) == nil { return false }
            if case .corrupt = error { damaged.insert(id) }
            throw error
        }
        merged[id] = slice.start
        guard !slice.segments.isEmpty, try await write(.merge(slice)) else {
            return false
        }
        merged[id] = slice.end
        work.segments += slice.segments.count
        for segment in slice.segments where segment.body != nil {
            work.mergedChunks += segment.parts.parts.count
        }
        return true
    }

    /// The partition as it is now; nil when it was deleted.
    private func partition(_ place: SegmentRun.Place) -> PartitionState? {
        engine.writer.withState { try? $0.partition(place.number, of: place.station) }
            .flatMap { $0.id == place.id ? $0 : nil }
    }

    /// Whether a partition has grown by more than one segment since it was merged: a look at
    /// memory, so that quiet partitions cost nothing.
    private func isDue(_ partition: PartitionState) -> Bool {
        if damaged.contains(partition.id) { return false }
        guard let merged = merged[partition.id] else { return partition.next > partition.earliest }
        let offset = max(merged.offset, partition.earliest)
        let bytes = max(merged.bytes, partition.bytesRemoved)
        return partition.next > offset + UInt64(rules.segmentEvents)
            || partition.bytesTotal - bytes > Int64(Bounds.batchBytes)
    }

    /// Writes one slice and rests.
    private mutating func write(_ slice: WriteRequest.Work) async throws(EngineError) -> Bool {
        guard case .kept(let isDone, let start) = try await engine.queue.perform(slice) else {
            preconditionFailure("a slice is answered as one")
        }
        let took = start.duration(to: .now)
        work.longestSlice = max(work.longestSlice, took)
        await rest(took)
        return isDone
    }
}

extension EmbeddedEngine {
    /// Removes what stations' retention no longer keeps and merges small cold chunks, over and over
    /// until the task is cancelled. Takes a small part of the writer's time, and none of the
    /// readers' events from under them. Run once for each engine.
    ///
    /// - Parameters:
    ///   - clock: for its rests.
    ///   - report: called with what kept it from its work; it tries again, later each time.
    package func keepHouse(
        _ rules: Housekeeping = Housekeeping(), clock: some Clock<Duration> = ContinuousClock(),
        report: (EngineError) -> Void
    ) async {
        var keeper = Housekeeper(self, rules) { took in
            // An error here is the cancellation, which the loops see themselves.
            try? await clock.sleep(for: max(rules.rest, took * (1 / rules.share - 1)))
        }
        var pause = rules.interval
        while !Task.isCancelled {
            do throws(EngineError) {
                pause = try await keeper.turn() ? .zero : rules.interval
            } catch {
                report(error)
                pause = min(max(pause, rules.interval) * 2, Housekeeping.pauseMax)
            }
            try? await clock.sleep(for: pause)
        }
    }

    /// Does at once, without rests, all that `keepHouse` would do.
    ///
    /// - Throws: `unavailable`, `full`, `corrupt`; what was done until then stays done.
    @discardableResult
    package func tidy(
        _ rules: Housekeeping = Housekeeping()
    ) async throws(EngineError) -> Housekeeping.Work {
        var keeper = Housekeeper(self, rules) { _ in }
        while try await keeper.turn() {}
        return keeper.work
    }
}
