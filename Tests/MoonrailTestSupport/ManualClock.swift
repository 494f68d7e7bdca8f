import MoonrailCore
import Synchronization

/// A clock that stands still until a test moves it. Whoever sleeps by it wakes when it is moved.
package final class ManualClock: Clock {
    package struct Instant: InstantProtocol {
        let offset: Duration

        package func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        package func duration(to other: Instant) -> Duration { other.offset - offset }

        package static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var next: UInt64 = 0
        var sleepers: [UInt64: (deadline: Instant, wake: CheckedContinuation<Void, Never>)] = [:]
    }

    private let start: EventTime
    private let state = Mutex(State())

    package let minimumResolution = Duration.microseconds(1)

    /// - Parameter start: what it shows at first.
    package init(_ start: EventTime) {
        self.start = start
    }

    package var now: Instant { state.withLock { $0.now } }

    /// What it shows as a machine's time.
    package func time() -> EventTime { start.advanced(by: now.offset) }

    /// The moments for which somebody sleeps.
    package var awaited: [EventTime] {
        state.withLock { state in
            state.sleepers.values.map { start.advanced(by: $0.deadline.offset) }.sorted()
        }
    }

    /// Moves it forwards and wakes those whose moment has come.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.wake)
        }
        for sleeper in woken { sleeper.resume() }
    }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if deadline <= state.now || Task.isCancelled { return true }
                    state.sleepers[number] = (deadline, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume()
        }
        try Task.checkCancellation()
    }
}
