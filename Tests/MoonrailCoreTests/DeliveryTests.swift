import MoonrailCore
import Testing

/// Which events run next, and what is ready: told as the steps of one batch.
struct DeliveryTests {
    /// One run: what was asked for, what came of it, what was ready then.
    private struct Step {
        enum Came {
            case of([Outcome])
            case death
        }
        var runs: Range<Int>
        var came: Came
        var ready: (first: Int, outcomes: [Outcome], attempts: Int)?
    }

    private static let done = Outcome.done(emissions: 0..<1)
    private static let raised = failed(.raised)
    private static let slow = failed(.timeLimit)
    private static let died = Outcome.failed(FunctionFault(kind: .hostDied, message: "signal 9"))

    private static func failed(_ kind: FunctionFault.Kind) -> Outcome {
        .failed(FunctionFault(kind: kind, message: "why"))
    }

    private func follow(_ steps: [Step], of count: Int) {
        var delivery = Delivery(count: count)
        for (number, step) in steps.enumerated() {
            #expect(delivery.next == step.runs, "step \(number)")
            let ready =
                switch step.came {
                case .of(let outcomes): delivery.ran(outcomes)
                case .death: delivery.hostDied("signal 9")
                }
            #expect(ready?.first == step.ready?.first, "step \(number)")
            #expect(ready?.outcomes == step.ready?.outcomes, "step \(number)")
            #expect(ready?.attempts == step.ready?.attempts, "step \(number)")
        }
        #expect(delivery.next == nil)
    }

    @Test func `an empty batch has nothing to run`() {
        follow([], of: 0)
    }

    @Test func `a run that gives all outcomes settles the batch`() {
        let outcomes = [Self.done, Self.raised, Self.failed(.rejected), Self.done]
        follow([Step(runs: 0..<4, came: .of(outcomes), ready: (0, outcomes, 1))], of: 4)
    }

    @Test func `an early answer settles what it gives and runs the rest`() {
        follow(
            [
                Step(
                    runs: 0..<5, came: .of([Self.done, Self.done]),
                    ready: (0, [Self.done, Self.done], 1)),
                Step(runs: 2..<5, came: .of([Self.raised]), ready: (2, [Self.raised], 1)),
                Step(
                    runs: 3..<5, came: .of([Self.done, Self.done]),
                    ready: (3, [Self.done, Self.done], 1)),
            ], of: 5)
    }

    @Test func `a limit in the middle is believed when the event meets it alone again`() {
        follow(
            [
                Step(
                    runs: 0..<4, came: .of([Self.done, Self.slow]), ready: (0, [Self.done], 1)),
                Step(runs: 1..<2, came: .of([Self.slow]), ready: (1, [Self.slow], 2)),
                Step(
                    runs: 2..<4, came: .of([Self.done, Self.done]),
                    ready: (2, [Self.done, Self.done], 1)),
            ], of: 4)
    }

    @Test func `a limit of the first event leaves nothing to settle yet`() {
        follow(
            [
                Step(runs: 0..<2, came: .of([Self.slow])),
                Step(runs: 0..<1, came: .of([Self.slow]), ready: (0, [Self.slow], 2)),
                Step(runs: 1..<2, came: .of([Self.done]), ready: (1, [Self.done], 1)),
            ], of: 2)
    }

    @Test func `a limit that goes away when the event runs alone is forgotten`() {
        follow(
            [
                Step(runs: 0..<3, came: .of([Self.done, Self.slow]), ready: (0, [Self.done], 1)),
                Step(runs: 1..<2, came: .of([Self.done]), ready: (1, [Self.done], 2)),
                // The next event begins anew: its first limit is not believed either.
                Step(runs: 2..<3, came: .of([Self.slow])),
                Step(runs: 2..<3, came: .of([Self.slow]), ready: (2, [Self.slow], 2)),
            ], of: 3)
    }

    @Test(arguments: [FunctionFault.Kind.rejected, .raised, .outputLimit, .emissionConflict])
    func `what a second run can't change is believed at once`(kind: FunctionFault.Kind) {
        let fault = Self.failed(kind)
        follow(
            [
                Step(
                    runs: 0..<3, came: .of([Self.done, fault]),
                    ready: (0, [Self.done, fault], 1)),
                Step(runs: 2..<3, came: .of([fault]), ready: (2, [fault], 1)),
            ], of: 3)
    }

    @Test(arguments: [FunctionFault.Kind.memoryLimit, .timeLimit, .hostDied])
    func `what the machine says of a batch of one is asked twice`(kind: FunctionFault.Kind) {
        let fault = Self.failed(kind)
        follow(
            [
                Step(runs: 0..<1, came: .of([fault])),
                Step(runs: 0..<1, came: .of([fault]), ready: (0, [fault], 2)),
            ], of: 1)
    }

    @Test func `a host's death is halved down to its culprit, and what is before it settles first`()
    {
        follow(
            [
                Step(runs: 0..<8, came: .death),
                Step(
                    runs: 0..<4, came: .of([Self.done, Self.done, Self.done, Self.done]),
                    ready: (0, [Self.done, Self.done, Self.done, Self.done], 1)),
                Step(runs: 4..<8, came: .death),
                Step(runs: 4..<6, came: .death),
                Step(runs: 4..<5, came: .of([Self.done]), ready: (4, [Self.done], 1)),
                Step(runs: 5..<6, came: .death),
                Step(runs: 5..<6, came: .death, ready: (5, [Self.died], 2)),
                Step(
                    runs: 6..<8, came: .of([Self.done, Self.done]),
                    ready: (6, [Self.done, Self.done], 1)),
            ], of: 8)
    }

    @Test func `each of several culprits becomes a dead letter of its own`() {
        follow(
            [
                Step(runs: 0..<4, came: .death),
                Step(runs: 0..<2, came: .death),
                Step(runs: 0..<1, came: .death),
                Step(runs: 0..<1, came: .death, ready: (0, [Self.died], 2)),
                Step(runs: 1..<2, came: .of([Self.done]), ready: (1, [Self.done], 1)),
                Step(runs: 2..<4, came: .death),
                Step(runs: 2..<3, came: .of([Self.raised]), ready: (2, [Self.raised], 1)),
                Step(runs: 3..<4, came: .death),
                Step(runs: 3..<4, came: .death, ready: (3, [Self.died], 2)),
            ], of: 4)
    }

    @Test func `a host that dies once by accident costs runs but no event`() {
        follow(
            [
                Step(runs: 0..<2, came: .death),
                Step(runs: 0..<1, came: .of([Self.done]), ready: (0, [Self.done], 1)),
                Step(runs: 1..<2, came: .death),
                Step(runs: 1..<2, came: .of([Self.done]), ready: (1, [Self.done], 2)),
            ], of: 2)
    }

    @Test func `a limit and then a death of the same event are two runs`() {
        follow(
            [
                Step(runs: 0..<2, came: .of([Self.slow])),
                Step(runs: 0..<1, came: .death, ready: (0, [Self.died], 2)),
                Step(runs: 1..<2, came: .of([Self.done]), ready: (1, [Self.done], 1)),
            ], of: 2)
    }
}
