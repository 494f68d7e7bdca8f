import MoonrailCore
import MoonrailTestSupport
import Testing

/// What follows from failures: parked keys, lanes that stop, breakers.
struct FailurePolicyTests {
    private static func policy(_ onFailure: OnFailure) -> FailurePolicy {
        var policy = FailurePolicy()
        policy.onFailure = onFailure
        return policy
    }

    @Test func `a key whose event failed waits, and other keys go on`() {
        var delivery = Delivery(Self.policy(.parkKey))
        delivery.follow(
            [
                .runs(0..<5, .of([.done, .failed(.raised), .done, .done, .done])),
                // What the run made of the key's later events does not count.
                .settles(
                    0, [.done, .failed(.raised), .done, .parked(behind: 1), .done]),
                .finishes,
            ], over: LaneBatch(keys: ["a", "b", "a", "b", nil]))
        delivery.follow(
            [
                .settles(0, [.parked(behind: 1), .parked(behind: 1)]),
                .runs(2..<3, .of([.done])), .settles(2, [.done]),
                .settles(3, [.parked(behind: 1)]),
                .runs(4..<5, .of([.done])), .settles(4, [.done]),
                .finishes,
            ], over: LaneBatch(keys: ["b", "b", "a", "b", "c"], from: 5))
    }

    @Test func `a parked event is never run, whatever it would do to its host`() {
        var delivery = Delivery(
            Self.policy(.parkKey),
            parkedKeys: [Array("b".utf8): InputPlace(station: "in", offset: 7)])
        delivery.follow(
            [
                .runs(0..<2, .death),
                .runs(0..<1, .of([.done])), .settles(0, [.done]),
                .runs(1..<2, .of([.done])), .settles(1, [.done]),
                .settles(2, [.parked(behind: 7)]),
                .runs(3..<4, .of([.done])), .settles(3, [.done]),
                .finishes,
            ], over: LaneBatch(keys: ["a", "a", "b", "c"]))
    }

    @Test func `an event without a key parks nothing`() {
        var delivery = Delivery(Self.policy(.parkKey))
        delivery.follow(
            [
                .runs(0..<2, .of([.failed(.raised), .done])),
                .settles(0, [.failed(.raised), .done]), .finishes,
            ], over: LaneBatch(keys: [nil, nil]))
        #expect(delivery.parkedKeys.isEmpty)
    }

    @Test func `a lane that is to stop settles what is before the failure and nothing after`() {
        var delivery = Delivery(Self.policy(.stop))
        delivery.follow(
            [
                .runs(0..<3, .of([.done, .failed(.raised), .done])), .settles(0, [.done]),
                .pauses("event 1 of in failed (raised: why)"), .pauses("on_failure is 'stop'"),
            ], over: LaneBatch(count: 3))
    }

    @Test func `a lane stops also in front of an event that kills its host`() {
        var delivery = Delivery(Self.policy(.stop))
        delivery.follow(
            [
                .runs(0..<1, .death), .runs(0..<1, failures: 1, .death),
                .runs(0..<1, failures: 2, .death), .pauses("host-died"),
            ], over: LaneBatch(count: 1))
    }

    @Test func `a breaker pauses after the failure that is one too many`() {
        var policy = FailurePolicy()
        policy.breaker = BreakerPolicy(failures: 3, events: 5)
        var delivery = Delivery(policy)
        let bad = Outcome.failed(.raised)
        delivery.follow(
            [.runs(0..<5, .of([bad, bad, .done, .done, .done]))]
                + [.settles(0, [bad, bad, .done, .done, .done]), .finishes],
            over: LaneBatch(count: 5))
        // The first two failures leave the last five events as these come.
        delivery.follow(
            [
                .runs(0..<6, .of([bad, bad, .done, bad, bad, bad])),
                .settles(0, [bad, bad, .done, bad]),
                .pauses("3 of its last 5 events"),
            ], over: LaneBatch(count: 6))
    }

    @Test func `events that wait are no failures of their own`() {
        var policy = Self.policy(.parkKey)
        policy.breaker = BreakerPolicy(failures: 2, events: 4)
        var delivery = Delivery(policy)
        let parked = [Outcome](repeating: .parked(behind: 0), count: 9)
        delivery.follow(
            [
                .runs(0..<10, .of([.failed(.raised)] + Array(repeating: .done, count: 9))),
                .settles(0, [.failed(.raised)] + parked), .finishes,
            ], over: LaneBatch(keys: Array(repeating: "k", count: 10)))
    }

    @Test func `pauses between runs double up to their bound, and are not all alike`() {
        var policy = RetryPolicy()
        policy.firstDelay = .milliseconds(100)
        policy.maximumDelay = .milliseconds(300)
        #expect(policy.delay(after: 1, jitter: 1) == .milliseconds(100))
        #expect(policy.delay(after: 2, jitter: 1) == .milliseconds(200))
        #expect(policy.delay(after: 3, jitter: 1) == .milliseconds(300))
        #expect(policy.delay(after: 1_000, jitter: 1) == .milliseconds(300))
        #expect(policy.delay(after: 1, jitter: 0) == .milliseconds(50))
    }
}
