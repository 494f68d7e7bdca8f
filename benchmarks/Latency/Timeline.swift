import Synchronization

/// When each event's append and its output were acknowledged, by offset.
final class Timeline: Sendable {
    private struct Times {
        var acknowledged: [Duration?]
        var appeared: [Duration?]
        var appends: [Duration?]
    }

    /// How many events there is room for.
    let events: Int
    /// The offset of the first of them.
    let first: Int
    private let began = ContinuousClock.now
    private let times: Mutex<Times>

    init(events: Int, after first: Int = 0) {
        self.events = events
        self.first = first
        let none = [Duration?](repeating: nil, count: events)
        times = Mutex(Times(acknowledged: none, appeared: none, appends: none))
    }

    /// - Parameter took: what the append lasted.
    func acknowledged(_ offset: Int, at time: ContinuousClock.Instant, after took: Duration) {
        let event = offset - first
        times.withLock { times in
            guard (0..<events).contains(event) else { return }
            times.acknowledged[event] = time - began
            times.appends[event] = took
        }
    }

    func appeared(_ offset: Int, at time: ContinuousClock.Instant) {
        let event = offset - first
        times.withLock { times in
            guard (0..<events).contains(event) else { return }
            times.appeared[event] = time - began
        }
    }

    /// One line of JSON: what lies between the two, and what the appends lasted.
    ///
    /// - Parameter first: the first event that counts; earlier ones warmed up.
    func report(from first: Int) -> String {
        times.withLock { times in
            var outputs: [Duration] = []
            var appends: [Duration] = []
            for event in first..<events {
                guard let start = times.acknowledged[event], let end = times.appeared[event],
                    let append = times.appends[event]
                else { continue }
                // A producer that was resumed after the observer would show as a negative time.
                outputs.append(max(end - start, .zero))
                appends.append(append)
            }
            return "{\"events\":\(outputs.count),\"output\":\(Self.quantiles(&outputs)),"
                + "\"append\":\(Self.quantiles(&appends))}"
        }
    }

    private static func quantiles(_ durations: inout [Duration]) -> String {
        guard !durations.isEmpty else { return "null" }
        durations.sort()
        func milliseconds(_ share: Double) -> Double {
            durations[Int(Double(durations.count - 1) * share)] / .milliseconds(1)
        }
        return "{\"p50_ms\":\(milliseconds(0.5)),\"p99_ms\":\(milliseconds(0.99))}"
    }
}
