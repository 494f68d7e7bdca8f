import FoundationEssentials
import MoonrailCore

/// What one run of the worker settled, for `run --until-idle`.
struct RunReport {
    private let counts: LaneCounts
    private let seconds: Double

    init(before: [LaneSummary], after: [LaneSummary], took: Duration) {
        let old = Self.sum(before)
        let new = Self.sum(after)
        var counts = LaneCounts()
        counts.processed = new.processed - old.processed
        counts.emitted = new.emitted - old.emitted
        counts.dropped = new.dropped - old.dropped
        counts.deadLetters = new.deadLetters - old.deadLetters
        counts.parked = new.parked - old.parked
        counts.missed = new.missed - old.missed
        self.counts = counts
        seconds = took / .seconds(1)
    }

    var text: String {
        "caught up: processed \(counts.processed), emitted \(counts.emitted), dropped "
            + "\(counts.dropped), dead letters \(counts.deadLetters), "
            + (counts.parked > 0 ? "parked behind them \(counts.parked), " : "")
            + (counts.missed > 0 ? "missed through retention \(counts.missed), " : "")
            + "in \((seconds * 100).rounded() / 100) s"
    }

    var json: String {
        get throws {
            let message = Message(
                processed: counts.processed, emitted: counts.emitted, dropped: counts.dropped,
                deadLetters: counts.deadLetters, parked: counts.parked, missed: counts.missed,
                seconds: seconds)
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(message), as: UTF8.self)
        }
    }

    private struct Message: Encodable {
        let processed: UInt64
        let emitted: UInt64
        let dropped: UInt64
        let deadLetters: UInt64
        let parked: UInt64
        let missed: UInt64
        let seconds: Double
    }

    private static func sum(_ lanes: [LaneSummary]) -> LaneCounts {
        lanes.reduce(into: LaneCounts()) { $0 += $1.counts }
    }
}
