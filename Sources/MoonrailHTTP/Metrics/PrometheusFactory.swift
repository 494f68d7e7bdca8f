import CoreMetrics
import MoonrailCore
import Synchronization

/// Makes what swift-metrics measures with, and tells all of it in Prometheus' text format.
///
/// A metric of a name and labels is made once; whoever asks again gets the same one. What is
/// declared (`Measurement`) has its help and buckets; others, of libraries, have general ones.
package final class PrometheusFactory: MetricsFactory {
    private struct Key: Hashable, Comparable {
        let name: String
        let labels: [String]

        static func < (left: Key, right: Key) -> Bool {
            (left.name, left.labels.joined(separator: "\0"))
                < (right.name, right.labels.joined(separator: "\0"))
        }
    }

    private enum Metric: Sendable {
        case counter(EventCounter)
        case level(Level)
        case histogram(Histogram)
    }

    private struct Entry: Sendable {
        let labels: [(String, String)]
        let metric: Metric
    }

    /// Metrics that are told at most: labels are names that users chose, and those have bounds of
    /// their own, so that this is only ever met by mistake.
    private static let entriesMaximum = 100_000
    /// For durations and sizes that nobody has declared.
    private static let generalBounds = [0.001, 0.01, 0.1, 1, 10, 100, 1_000]

    private let entries = Mutex<[Key: Entry]>([:])

    package init() {}

    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        let made = entry(label, dimensions) { .counter(EventCounter()) }
        guard case .counter(let counter) = made else { return EventCounter() }
        return counter
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        guard case .level(let level) = entry(label, dimensions, { .level(Level()) }) else {
            return Level()
        }
        return level
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let made = entry(label, dimensions) {
            aggregate ? .histogram(Histogram(bounds: Self.bounds(of: label))) : .level(Level())
        }
        return switch made {
        case .histogram(let histogram): histogram
        case .level(let level): level
        case .counter: Level()
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let made = entry(label, dimensions) {
            .histogram(Histogram(bounds: Self.bounds(of: label)))
        }
        guard case .histogram(let histogram) = made else {
            return Histogram(bounds: Self.generalBounds)
        }
        return histogram
    }

    // Whoever lets go of a metric does not end it: others may have the same one, and a counter that
    // begins anew would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Adds all that was measured so far.
    package func add(to text: inout MetricsText) {
        let all = entries.withLock { $0 }
        let names = Dictionary(grouping: all, by: \.key.name)
        for (name, entries) in names.sorted(by: { $0.key < $1.key }) {
            let help = Measurement(rawValue: name)?.help ?? "Measured by a library."
            let sorted = entries.sorted { $0.key < $1.key }.map(\.value)
            text.add(histogram: name, help, sorted.compactMap(Self.histogram))
            text.add(name, .counter, help, sorted.compactMap(Self.counter))
            text.add(name, .gauge, help, sorted.compactMap(Self.level))
        }
    }

    private static func labels(_ entry: Entry) -> MetricsText.Labels {
        entry.labels.map { (name: $0.0, value: $0.1) }
    }

    private static func histogram(_ entry: Entry) -> (MetricsText.Labels, HistogramValue)? {
        guard case .histogram(let histogram) = entry.metric else { return nil }
        return (labels(entry), histogram.value)
    }

    private static func counter(_ entry: Entry) -> (MetricsText.Labels, Double)? {
        guard case .counter(let counter) = entry.metric else { return nil }
        return (labels(entry), Double(counter.value))
    }

    private static func level(_ entry: Entry) -> (MetricsText.Labels, Double)? {
        guard case .level(let level) = entry.metric else { return nil }
        return (labels(entry), level.value)
    }

    private static func bounds(of name: String) -> [Double] {
        guard case .histogram(let bounds)? = Measurement(rawValue: name)?.kind else {
            return generalBounds
        }
        return bounds
    }

    private func entry(
        _ name: String, _ labels: [(String, String)], _ make: () -> Metric
    ) -> Metric {
        let key = Key(name: name, labels: labels.flatMap { [$0.0, $0.1] })
        return entries.withLock { entries in
            if let known = entries[key] { return known.metric }
            let metric = make()
            if entries.count < Self.entriesMaximum {
                entries[key] = Entry(labels: labels, metric: metric)
            }
            return metric
        }
    }
}
