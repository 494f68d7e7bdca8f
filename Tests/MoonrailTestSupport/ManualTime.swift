import MoonrailCore
import Synchronization

/// A clock that shows what the test says, and moves by a microsecond each time it is read.
package final class ManualTime: Sendable {
    private let microseconds: Mutex<Int64>

    package init(_ start: EventTime = EventTime(microseconds: 1_600_000_000_000_000)) {
        microseconds = Mutex(start.microseconds)
    }

    package func now() -> EventTime {
        microseconds.withLock { now in
            now += 1
            return EventTime(microseconds: now)
        }
    }

    /// Sets the clock, also back.
    package func set(_ time: EventTime) {
        microseconds.withLock { $0 = time.microseconds }
    }
}
