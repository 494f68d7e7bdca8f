import MoonrailCore
import MoonrailTestSupport
import Testing

/// What a delivery is expected to ask for, and what it is told came of it.
enum DeliveryStep {
    case runs(Range<Int>, failures: Int = 0, Came)
    case settles(Int, [Outcome])
    /// The reason must hold these words.
    case pauses(String)
    case finishes

    enum Came {
        case of([Outcome])
        case death
    }
}

extension Delivery {
    /// Goes through the steps of one batch.
    mutating func follow(
        _ steps: [DeliveryStep], over batch: LaneBatch,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        take(batch)
        for (number, step) in steps.enumerated() {
            let next = next()
            switch step {
            case .runs(let range, let failures, let came):
                #expect(
                    next == .run(range, failures: failures), "step \(number)",
                    sourceLocation: sourceLocation)
                guard case .run = next else { return }
                switch came {
                case .of(let outcomes): ran(outcomes)
                case .death: hostDied("signal 9")
                }
            case .settles(let first, let outcomes):
                #expect(
                    next == .settle(Ready(first: first, outcomes: outcomes)), "step \(number)",
                    sourceLocation: sourceLocation)
            case .pauses(let words):
                guard case .pause(let reason) = next else {
                    Issue.record("step \(number): \(next)", sourceLocation: sourceLocation)
                    return
                }
                #expect(reason.contains(words), sourceLocation: sourceLocation)
            case .finishes:
                #expect(next == .finished, "step \(number)", sourceLocation: sourceLocation)
            }
        }
    }
}

extension LaneBatch {
    /// A batch of as many events without keys.
    init(count: Int) {
        self.init([StoredEvents("in", (0..<count).map { Event("\($0)") })])
    }

    /// A batch of an event for each key.
    init(keys: [String?], from first: UInt64 = 0) {
        self.init([StoredEvents("in", from: first, keys.map { Event("x", key: $0) })])
    }
}

extension Outcome {
    static let done = Outcome.done(emissions: 0..<1)

    static func failed(_ kind: FunctionFault.Kind, attempts: Int = 1) -> Outcome {
        .failed(FunctionFault(kind: kind, message: "why", attempts: attempts))
    }

    static func died(attempts: Int) -> Outcome {
        .failed(FunctionFault(kind: .hostDied, message: "signal 9", attempts: attempts))
    }

    static func parked(behind offset: UInt64) -> Outcome {
        .parked(behind: InputPlace(station: "in", offset: offset))
    }
}
