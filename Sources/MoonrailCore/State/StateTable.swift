import Synchronization

/// State that lives in memory: for tests, dry runs and whatever else leaves no trace.
package final class StateTable: StateSource {
    private struct Content {
        var values: [[UInt8]: StateValue]
        var watermark: Watermark?
    }

    private let content: Mutex<Content>
    private let firings: Int

    /// - Parameters:
    ///   - timers: what the script says of them; nil where nothing is to fire.
    ///   - stateBytes: what the state of a key may have.
    package init(
        _ values: [[UInt8]: StateValue] = [:], timers: TimerDefinition? = nil,
        stateBytes: UInt32 = FunctionLimits().stateBytes
    ) {
        firings = TimerDefinition.firings(stateBytes: stateBytes)
        content = Mutex(
            Content(
                values: values, watermark: timers.map { Watermark(lateness: $0.lateness) }))
    }

    package func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        content.withLock { content in
            StateAnswers(keys.map { content.values[$0].map { .value($0) } ?? .none })
        }
    }

    package func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers? {
        content.withLock { content in
            guard let watermark = content.watermark else { return nil }
            let end = watermark.after(latest)
            var timers: [(order: [UInt8], timer: KeyedTimer)] = []
            for (key, value) in content.values {
                for timer in value.timers where timer.time <= end {
                    timers.append((timer.indexKey(of: key), KeyedTimer(key: key, timer: timer)))
                }
            }
            timers.sort { $0.order.lexicographicallyPrecedes($1.order) }
            let keys = Set(timers.map(\.timer.key))
            return DueTimers(
                watermark: watermark, firings: firings, timers: timers.map(\.timer),
                values: keys.compactMap { key in content.values[key].map { (key, $0) } },
                isCut: false)
        }
    }

    /// Takes over what a run changed.
    package func apply(_ changes: [StateChange]) {
        content.withLock { content in
            for change in changes { content.values[change.key] = change.value }
        }
    }

    /// Takes note of how far the events of a run moved time.
    ///
    /// - Parameter range: the events of the batch that were run.
    package func move(by reply: RunReply, to range: Range<Int>, of batch: LaneBatch) {
        content.withLock { content in
            for (event, outcome) in zip(range, reply.outcomes) {
                content.watermark?.take(outcome, at: batch.withRecord(event, \.time))
            }
        }
    }

    /// All that it holds now.
    package var all: [[UInt8]: StateValue] { content.withLock { $0.values } }
}
