import CoreMetrics
import MoonrailCore
import Synchronization

/// Measures what a lane does: once a batch and once a commit, never for each event.
final class LaneMeasurements: Sendable {
    /// How often the way of an event through the function is measured at most: it takes a read.
    private static let latencyPause = Duration.seconds(1)
    /// Of larger batches one in so many is timed: the host then looks at a clock for each event.
    private static let batchesUntimed = 63
    /// Batches that are timed always, as what it costs is less than what they cost anyway.
    private static let smallBatchEvents = 8
    /// So many events of a timed batch are taken note of, evenly spread over it.
    private static let eventsSampled = 16

    private struct State {
        var untimed = 0
        var latencyMeasured: ContinuousClock.Instant?
        var deadLetters: [String: Counter] = [:]
    }

    private let lane: LaneID
    private let log: any StationLog
    private let factory: any MetricsFactory
    private let now: @Sendable () -> EventTime
    private let handler: CoreMetrics.Timer
    private let latency: CoreMetrics.Timer
    private let state = Mutex(State())

    init(
        of lane: LaneID, log: any StationLog, factory: any MetricsFactory,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.lane = lane
        self.log = log
        self.factory = factory
        self.now = now
        let labels = [("function", lane.function.text)]
        handler = CoreMetrics.Timer(
            label: Measurement.handlerSeconds.rawValue, dimensions: labels, factory: factory)
        latency = CoreMetrics.Timer(
            label: Measurement.latencySeconds.rawValue, dimensions: labels, factory: factory)
    }

    /// Whether the host is to time the events of the batch that runs next.
    func times(batchOf events: Int) -> Bool {
        if events <= Self.smallBatchEvents { return true }
        return state.withLock { state in
            guard state.untimed >= Self.batchesUntimed else {
                state.untimed += 1
                return false
            }
            state.untimed = 0
            return true
        }
    }

    /// Takes note of a reply, if it was timed.
    func ran(_ reply: RunReply) {
        let times = reply.nanoseconds
        for index in stride(from: 0, to: times.count, by: max(1, times.count / Self.eventsSampled))
        {
            handler.recordNanoseconds(Int64(clamping: times[index]))
        }
    }

    /// Takes note of runs whose commit is on disk.
    func settled(_ runs: [UnsettledRun]) async {
        for run in runs where run.settlement.counts.deadLetters > 0 { noteLetters(of: run) }
        guard let events = runs.lazy.compactMap(\.events).first, !events.ready.outcomes.isEmpty,
            isLatencyDue()
        else { return }
        let place = events.batch.inputPlace(events.ready.first)
        let cursor = StationCursor(
            station: place.station, partition: lane.partition, offset: place.offset)
        // What can't be read now is not measured.
        guard let appended = try? await log.appendedAt(cursor) else { return }
        let microseconds = max(0, now().microseconds - appended.microseconds)
        latency.recordMicroseconds(microseconds)
    }

    private func isLatencyDue() -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            if let last = state.latencyMeasured, now - last < Self.latencyPause { return false }
            state.latencyMeasured = now
            return true
        }
    }

    /// Counts by reason; letters of timers that failed are no event's outcome.
    private func noteLetters(of run: UnsettledRun) {
        var counts: [String: Int] = [:]
        var left = Int(clamping: run.settlement.counts.deadLetters)
        for case .failed(let fault) in run.events?.ready.outcomes ?? [] {
            counts[fault.kind.name, default: 0] += 1
            left -= 1
        }
        if left > 0 { counts["timer"] = left }
        for (reason, count) in counts { counter(of: reason).increment(by: count) }
    }

    private func counter(of reason: String) -> Counter {
        state.withLock { state in
            if let known = state.deadLetters[reason] { return known }
            let counter = Counter(
                label: Measurement.deadLetters.rawValue,
                dimensions: [("function", lane.function.text), ("reason", reason)],
                factory: factory)
            state.deadLetters[reason] = counter
            return counter
        }
    }
}
