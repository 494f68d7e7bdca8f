import MoonrailCore
import MoonrailTestSupport
import Testing

/// Batches with random culprits, run by a host that behaves as the format of its answers allows.
struct DeliveryPropertyTests {
    /// What an event does to a host each time it is run.
    private enum Nature: CaseIterable {
        case done, raises, overLimit, kills, overLimitInCompany
    }

    private struct Host {
        let natures: [Nature]
        /// Answers early after a random number of events, once in so many runs.
        let earlyOnceIn: Int
        var random: SeededGenerator
        private(set) var runs = 0
        private(set) var earlyAnswers = 0

        init(natures: [Nature], earlyOnceIn: Int, random: SeededGenerator) {
            self.natures = natures
            self.earlyOnceIn = earlyOnceIn
            self.random = random
        }

        /// Nil when it died.
        mutating func run(_ range: Range<Int>) -> [Outcome]? {
            runs += 1
            var outcomes: [Outcome] = []
            // A host dies with the run's outcomes, unless it answered before.
            var answersAfter = range.count
            if random.once(in: earlyOnceIn) {
                answersAfter = random.number(1...range.count)
                if answersAfter < range.count { earlyAnswers += 1 }
            }
            for event in range.prefix(answersAfter) {
                switch natures[event] {
                case .kills: return nil
                case .overLimit: return outcomes + [.failed(Self.fault(event, .timeLimit))]
                case .overLimitInCompany where range.count > 1:
                    return outcomes + [.failed(Self.fault(event, .memoryLimit))]
                case .raises: outcomes.append(.failed(Self.fault(event, .raised)))
                case .done, .overLimitInCompany:
                    outcomes.append(.done(emissions: event..<event + 1))
                }
            }
            return outcomes
        }

        static func fault(_ event: Int, _ kind: FunctionFault.Kind) -> FunctionFault {
            FunctionFault(kind: kind, message: "event \(event)")
        }
    }

    private static func isExpected(_ outcome: Outcome, of event: Int, _ nature: Nature) -> Bool {
        switch (nature, outcome) {
        case (.done, _), (.overLimitInCompany, _): outcome == .done(emissions: event..<event + 1)
        case (.raises, .failed(let fault)): fault.kind == .raised && fault.names(event)
        case (.overLimit, .failed(let fault)):
            fault.kind == .timeLimit && fault.names(event) && fault.attempts >= 2
        case (.kills, .failed(let fault)): fault.kind == .hostDied && fault.attempts >= 3
        case (.raises, _), (.overLimit, _), (.kills, _): false
        }
    }

    @Test func `every event comes out once, in order, and each culprit costs few runs`() {
        var random = SeededGenerator.printed()
        for _ in 0..<3_000 {
            let count = random.number(1...random.number(1...512))
            let culprits = random.number(0...min(count, 6))
            var natures = [Nature](repeating: .done, count: count)
            for _ in 0..<culprits {
                natures[random.number(0...count - 1)] =
                    Nature.allCases[random.number(0...Nature.allCases.count - 1)]
            }
            var host = Host(
                natures: natures, earlyOnceIn: random.number(2...50),
                random: SeededGenerator(seed: random.next()))
            var policy = FailurePolicy()
            policy.breaker = nil
            var delivery = Delivery(policy)
            delivery.take(LaneBatch(count: count))
            var settled = 0
            steps: while true {
                switch delivery.next() {
                case .run(let range, _):
                    #expect(range.lowerBound == settled, "the next run begins at what is left")
                    if let outcomes = host.run(range) {
                        delivery.ran(outcomes)
                    } else {
                        delivery.hostDied("killed")
                    }
                case .settle(let ready):
                    #expect(ready.first == settled)
                    for (event, outcome) in zip(ready.range, ready.outcomes) {
                        #expect(
                            Self.isExpected(outcome, of: event, natures[event]), "event \(event)")
                    }
                    settled += ready.outcomes.count
                case .pause(let reason):
                    Issue.record("\(reason)")
                    break steps
                case .finished:
                    break steps
                }
            }
            #expect(settled == count)
            let halvings = Int.bitWidth - count.leadingZeroBitCount
            // Going down to a culprit and up again, and its three runs alone.
            #expect(host.runs <= 1 + host.earlyAnswers + culprits * (2 * halvings + 3))
        }
    }
}

extension FunctionFault {
    fileprivate func names(_ event: Int) -> Bool { message == "event \(event)" }
}
