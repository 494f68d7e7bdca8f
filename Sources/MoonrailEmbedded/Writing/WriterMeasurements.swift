import CoreMetrics
import MoonrailCore

/// Measures commits: a few calls for each, whatever it brings.
struct WriterMeasurements: Sendable {
    private let factory: any MetricsFactory
    private let commit: CoreMetrics.Timer
    private let flush: CoreMetrics.Timer
    private let requests: Recorder
    private let events: Recorder

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        commit = CoreMetrics.Timer(
            label: Measurement.commitSeconds.rawValue, dimensions: [], factory: factory)
        flush = CoreMetrics.Timer(
            label: Measurement.flushSeconds.rawValue, dimensions: [], factory: factory)
        requests = Recorder(
            label: Measurement.commitRequests.rawValue, dimensions: [], aggregate: true,
            factory: factory)
        events = Recorder(
            label: Measurement.commitEvents.rawValue, dimensions: [], aggregate: true,
            factory: factory)
    }

    /// Takes note of a commit that is on disk.
    ///
    /// - Parameters:
    ///   - began: when its transaction began.
    ///   - written: when all of it was written and only the flush was left.
    func committed(
        _ group: [WriteRequest], _ answers: [Writer.Answer], began: ContinuousClock.Instant,
        written: ContinuousClock.Instant
    ) {
        let now = ContinuousClock.now
        commit.recordNanoseconds((now - began).wholeNanoseconds)
        flush.recordNanoseconds((now - written).wholeNanoseconds)
        requests.record(group.count)
        events.record(group.reduce(0) { $0 + $1.events })
        for (request, answer) in zip(group, answers) {
            guard case .append(let append) = request.work,
                case .success(.appended(let receipts)) = answer
            else { continue }
            note(receipts, of: append.append.station)
        }
    }

    private func note(_ receipts: [AppendReceipt], of station: StationName) {
        var duplicates = 0
        for case .duplicate in receipts { duplicates += 1 }
        guard duplicates > 0 else { return }
        Counter(
            label: Measurement.duplicates.rawValue, dimensions: [("station", station.text)],
            factory: factory
        ).increment(by: duplicates)
    }
}

extension WriteRequest {
    /// Events that it brings, of producers and functions.
    fileprivate var events: Int {
        switch work {
        case .append(let append): append.records.count
        case .settle(let settlements):
            settlements.reduce(0) { events, settlement in
                events + settlement.appends.reduce(0) { $0 + $1.records.count }
            }
        case .open, .alter, .delete, .arrange, .claim, .remove, .merge: 0
        }
    }
}
