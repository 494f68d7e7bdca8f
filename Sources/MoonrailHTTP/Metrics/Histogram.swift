import CoreMetrics
import Synchronization

/// What a histogram has counted so far.
package struct HistogramValue: Hashable, Sendable {
    /// Upper bounds of the buckets, ascending, without the last one, which has none.
    package let bounds: [Double]
    /// How many values each bucket has by itself.
    package private(set) var counts: [UInt64]
    /// How many values there were in all.
    package private(set) var count: UInt64 = 0
    package private(set) var sum: Double = 0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    package mutating func observe(_ value: Double) {
        count += 1
        sum += value
        // A dozen bounds: looking through them costs less than halving.
        if let bucket = bounds.firstIndex(where: { value <= $0 }) { counts[bucket] += 1 }
    }
}

/// Counts durations, in seconds, or other values by buckets.
final class Histogram: TimerHandler, RecorderHandler {
    private let state: Mutex<HistogramValue>

    init(bounds: [Double]) {
        state = Mutex(HistogramValue(bounds: bounds))
    }

    var value: HistogramValue { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) { state.withLock { $0.observe(value) } }
}

/// Counts what happens; it never goes back.
final class EventCounter: CounterHandler {
    private let state = Atomic<Int64>(0)

    var value: Int64 { state.load(ordering: .relaxed) }

    func increment(by amount: Int64) {
        state.wrappingAdd(max(0, amount), ordering: .relaxed)
    }

    func reset() { state.store(0, ordering: .relaxed) }
}

/// A value that goes up and down, or the last one that was recorded.
final class Level: MeterHandler, RecorderHandler {
    private let state = Mutex(0.0)

    var value: Double { state.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0 = value } }
    func increment(by amount: Double) { state.withLock { $0 += amount } }
    func decrement(by amount: Double) { state.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}
