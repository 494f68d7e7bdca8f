import MoonrailCore
import Synchronization

/// Wakes a lane at a moment of the machine's clock. It sleeps until then, and while none is set it
/// waits for one.
final class LaneAlarm: Sendable {
    private struct State {
        var moment: EventTime?
        /// The moment that it sleeps for now.
        var awaited: EventTime?
    }

    private let state = Mutex(State())
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> EventTime
    private let ring: @Sendable () -> Void
    /// Gets a value when it sleeps for too long.
    private let changes = Handoff<Void>(capacity: 1)

    /// - Parameters:
    ///   - clock: goes as fast as `now`.
    ///   - ring: called once for each moment that was set, unless another took its place.
    init(
        clock: any Clock<Duration>, now: @escaping @Sendable () -> EventTime,
        ring: @escaping @Sendable () -> Void
    ) {
        self.clock = clock
        self.now = now
        self.ring = ring
    }

    /// Has it ring at this moment, and at no other that was set before; nil: not at all.
    func set(_ moment: EventTime?) {
        let sleepsTooLong = state.withLock { state in
            state.moment = moment
            guard let moment else { return false }
            return state.awaited.map { moment < $0 } ?? true
        }
        // One that sleeps for less looks for itself when it wakes.
        if sleepsTooLong { changes.giveAtOnce(()) }
    }

    /// Rings until cancelled.
    func run() async {
        while await changes.takeAll() != nil {
            while let left = untilNext() {
                guard left > .zero else {
                    ring()
                    break
                }
                await sleep(for: left)
                if Task.isCancelled { return }
            }
        }
    }

    /// The time until the moment; nil: there is none. One that has come is taken.
    private func untilNext() -> Duration? {
        state.withLock { state in
            guard let moment = state.moment else {
                state.awaited = nil
                return nil
            }
            let left = Duration.microseconds(moment.microseconds &- now().microseconds)
            state.awaited = left > .zero ? moment : nil
            if left <= .zero { state.moment = nil }
            return left
        }
    }

    /// Sleeps for so long, or until another moment is set that is earlier.
    private func sleep(for duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in try? await clock.sleep(for: duration, tolerance: nil) }
            group.addTask { [changes] in _ = await changes.takeAll() }
            await group.next()
            group.cancelAll()
        }
    }
}
