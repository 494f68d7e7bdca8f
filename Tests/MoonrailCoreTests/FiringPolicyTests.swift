import MoonrailCore
import MoonrailTestSupport
import Testing

/// What follows from timers that fail: they are counted as events are.
struct FiringPolicyTests {
    private static func policy(_ onFailure: OnFailure) -> FailurePolicy {
        var policy = FailurePolicy()
        policy.onFailure = onFailure
        return policy
    }

    private static func firing(_ event: Int, _ key: String, fails: Bool = true) -> RunReply.Firing {
        RunReply.Firing(
            event: event,
            timer: KeyedTimer(
                key: Array(key.utf8),
                timer: StateTimer(time: EventTime(microseconds: 1), name: Array("t".utf8))),
            outcome: fails
                ? .failed(FunctionFault(kind: .raised, message: "no"))
                : .done(emissions: 0..<0))
    }

    private static let done = Outcome.done(emissions: 0..<0)

    @Test func `a lane that is to stop pauses in front of the event after which a timer fails`() {
        var delivery = Delivery(Self.policy(.stop))
        delivery.take(LaneBatch(keys: ["a", "b", "c"]))
        _ = delivery.next()
        delivery.ran(
            [Self.done, Self.done, Self.done],
            firings: [Self.firing(0, "a", fails: false), Self.firing(1, "b")])
        #expect(delivery.next() == .settle(.init(first: 0, outcomes: [Self.done])))
        guard case .pause(let reason) = delivery.next() else {
            Issue.record("it does not pause")
            return
        }
        #expect(reason.hasPrefix("timer 't' of key 'b', which fires after event 1 of in, failed"))
    }

    @Test func `events wait behind a timer of their key that failed`() {
        var delivery = Delivery(Self.policy(.parkKey), parksTimerKeys: true)
        delivery.take(LaneBatch(keys: ["a", "b", "a", "b"]))
        _ = delivery.next()
        let place = InputPlace(station: "in", offset: 1)
        delivery.ran(
            [Self.done, Self.done, Self.done, Self.done], firings: [Self.firing(1, "a")])
        #expect(
            delivery.next()
                == .settle(
                    .init(
                        first: 0,
                        outcomes: [Self.done, Self.done, .parked(behind: place), Self.done],
                        parks: [Array("a".utf8): place])))
        #expect(delivery.parkedKeys == [Array("a".utf8): place])
    }

    @Test func `a timer of a key that waits already parks it no more, and none of other keys`() {
        let place = InputPlace(station: "in", offset: 0)
        var delivery = Delivery(
            Self.policy(.parkKey), parkedKeys: [Array("a".utf8): place], parksTimerKeys: true)
        var parks: [[UInt8]: InputPlace] = [:]
        let later = InputPlace(station: "in", offset: 5)
        #expect(delivery.take([Self.firing(0, "a")], after: later, &parks))
        #expect(parks.isEmpty && delivery.parkedKeys == [Array("a".utf8): place])
        var other = Delivery(Self.policy(.parkKey))
        #expect(other.take([Self.firing(0, "a")], after: later, &parks))
        #expect(parks.isEmpty && other.parkedKeys.isEmpty)
    }

    @Test func `a breaker counts timers that fire beside events`() {
        var policy = FailurePolicy()
        policy.breaker = BreakerPolicy(failures: 3, events: 6)
        var delivery = Delivery(policy)
        delivery.take(LaneBatch(keys: ["a", "b", "c"]))
        _ = delivery.next()
        delivery.ran(
            [Self.done, Self.done, Self.done],
            firings: [
                Self.firing(0, "a"), Self.firing(1, "b"), Self.firing(1, "c", fails: false),
                Self.firing(1, "d"), Self.firing(2, "e"),
            ])
        // The third one trips it, and the event after it is left.
        #expect(delivery.next() == .settle(.init(first: 0, outcomes: [Self.done, Self.done])))
        guard case .pause = delivery.next() else {
            Issue.record("it does not pause")
            return
        }
        #expect(delivery.isTripped)
    }

    @Test func `what fires after an event that did not happen does not count`() {
        var policy = Self.policy(.deadLetter)
        policy.breaker = BreakerPolicy(failures: 1, events: 1)
        var delivery = Delivery(policy)
        delivery.take(LaneBatch(keys: ["a"]))
        _ = delivery.next()
        delivery.ran([Self.done], firings: [Self.firing(1, "a")])
        #expect(delivery.next() == .settle(.init(first: 0, outcomes: [Self.done])))
        #expect(delivery.next() == .finished)
    }
}
