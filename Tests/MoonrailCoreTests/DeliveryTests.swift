import MoonrailCore
import MoonrailTestSupport
import Testing

/// Which events run next, and what is ready: told as the steps of one batch.
struct DeliveryTests {
    private static let slow = Outcome.failed(.timeLimit)

    private func follow(_ steps: [DeliveryStep], of count: Int) {
        var policy = FailurePolicy()
        policy.breaker = nil
        var delivery = Delivery(policy)
        delivery.follow(steps + [.finishes], over: LaneBatch(count: count))
    }

    @Test func `an empty batch has nothing to run`() {
        follow([], of: 0)
    }

    @Test func `a run that gives all outcomes settles the batch`() {
        let outcomes: [Outcome] = [.done, .failed(.raised), .failed(.rejected), .done]
        follow([.runs(0..<4, .of(outcomes)), .settles(0, outcomes)], of: 4)
    }

    @Test func `an early answer settles what it gives and runs the rest`() {
        follow(
            [
                .runs(0..<5, .of([.done, .done])), .settles(0, [.done, .done]),
                .runs(2..<5, .of([.failed(.raised)])), .settles(2, [.failed(.raised)]),
                .runs(3..<5, .of([.done, .done])), .settles(3, [.done, .done]),
            ], of: 5)
    }

    @Test func `a limit in the middle is believed when the event meets it alone again`() {
        follow(
            [
                .runs(0..<4, .of([.done, Self.slow])), .settles(0, [.done]),
                .runs(1..<2, .of([Self.slow])), .settles(1, [.failed(.timeLimit, attempts: 2)]),
                .runs(2..<4, .of([.done, .done])), .settles(2, [.done, .done]),
            ], of: 4)
    }

    @Test func `a limit of the first event leaves nothing to settle yet`() {
        follow(
            [
                .runs(0..<2, .of([Self.slow])),
                .runs(0..<1, .of([Self.slow])), .settles(0, [.failed(.timeLimit, attempts: 2)]),
                .runs(1..<2, .of([.done])), .settles(1, [.done]),
            ], of: 2)
    }

    @Test func `a limit that goes away when the event runs alone is forgotten`() {
        follow(
            [
                .runs(0..<3, .of([.done, Self.slow])), .settles(0, [.done]),
                .runs(1..<2, .of([.done])), .settles(1, [.done]),
                // The next event begins anew: its first limit is not believed either.
                .runs(2..<3, .of([Self.slow])),
                .runs(2..<3, .of([Self.slow])), .settles(2, [.failed(.timeLimit, attempts: 2)]),
            ], of: 3)
    }

    @Test(arguments: [
        FunctionFault.Kind.rejected, .raised, .outputLimit, .emissionConflict, .hopLimit,
    ])
    func `what a second run can't change is believed at once`(kind: FunctionFault.Kind) {
        let fault = Outcome.failed(kind)
        follow(
            [
                .runs(0..<3, .of([.done, fault])), .settles(0, [.done, fault]),
                .runs(2..<3, .of([fault])), .settles(2, [fault]),
            ], of: 3)
    }

    @Test(arguments: [FunctionFault.Kind.memoryLimit, .timeLimit])
    func `a limit of a batch of one is asked twice`(kind: FunctionFault.Kind) {
        follow(
            [
                .runs(0..<1, .of([.failed(kind)])),
                .runs(0..<1, .of([.failed(kind)])), .settles(0, [.failed(kind, attempts: 2)]),
            ], of: 1)
    }

    @Test func `a host's death is halved down to its culprit, and what is before it settles first`()
    {
        let four = [Outcome](repeating: .done, count: 4)
        follow(
            [
                .runs(0..<8, .death),
                .runs(0..<4, .of(four)), .settles(0, four),
                .runs(4..<8, .death),
                .runs(4..<6, .death),
                .runs(4..<5, .of([.done])), .settles(4, [.done]),
                .runs(5..<6, .death),
                .runs(5..<6, failures: 1, .death),
                .runs(5..<6, failures: 2, .death), .settles(5, [.died(attempts: 6)]),
                .runs(6..<8, .of([.done, .done])), .settles(6, [.done, .done]),
            ], of: 8)
    }

    @Test func `each of several culprits becomes a dead letter of its own`() {
        follow(
            [
                .runs(0..<4, .death),
                .runs(0..<2, .death),
                .runs(0..<1, .death), .runs(0..<1, failures: 1, .death),
                .runs(0..<1, failures: 2, .death), .settles(0, [.died(attempts: 5)]),
                .runs(1..<2, .of([.done])), .settles(1, [.done]),
                .runs(2..<4, .death),
                .runs(2..<3, .of([.failed(.raised)])),
                .settles(2, [.failed(.raised, attempts: 3)]),
                .runs(3..<4, .death), .runs(3..<4, failures: 1, .death),
                .runs(3..<4, failures: 2, .death), .settles(3, [.died(attempts: 5)]),
            ], of: 4)
    }

    @Test func `a host that dies twice by accident costs runs but no event`() {
        follow(
            [
                .runs(0..<2, .death),
                .runs(0..<1, .of([.done])), .settles(0, [.done]),
                .runs(1..<2, .death), .runs(1..<2, failures: 1, .death),
                .runs(1..<2, failures: 2, .of([.done])), .settles(1, [.done]),
            ], of: 2)
    }

    @Test func `a function may ask for fewer runs of what takes its host along`() {
        var policy = FailurePolicy()
        policy.retry.attempts = 1
        var delivery = Delivery(policy)
        delivery.follow(
            [.runs(0..<1, .death), .settles(0, [.died(attempts: 1)]), .finishes],
            over: LaneBatch(count: 1))
    }

    @Test func `an event whose causes go round and round may emit nothing more`() {
        var records = EventRecords()
        let origin = Origin(
            function: "f", version: FunctionVersion(text: "v"), generation: 0, station: "in",
            partition: 0)
        for hops in [Bounds.hops - 1, Bounds.hops] {
            records.append(
                Event("x"),
                cause: Cause(
                    origin: origin, offset: 0, emission: 0, causationID: nil, correlationID: nil,
                    hops: hops))
        }
        let batch = LaneBatch([
            StoredEvents(station: "in", partition: 0, records: records, offsets: [0, 1])
        ])
        var delivery = Delivery(FailurePolicy())
        delivery.take(batch)
        _ = delivery.next()
        delivery.ran([.done, .done])
        guard case .settle(let ready) = delivery.next(), case .failed(let fault) = ready.outcomes[1]
        else {
            Issue.record("the second event must have failed")
            return
        }
        #expect(ready.outcomes[0] == .done)
        #expect(fault.kind == .hopLimit)
        delivery.take(batch)
        _ = delivery.next()
        let nothing = Outcome.done(emissions: 0..<0)
        delivery.ran([nothing, nothing])
        #expect(
            delivery.next() == .settle(.init(first: 0, outcomes: [nothing, nothing])),
            "what emits nothing ends the loop by itself")
    }
}
