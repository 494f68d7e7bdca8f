import MoonrailCore
import Synchronization

/// The state of a lane's keys as its next run must see it: what is settled, and over it what runs
/// changed whose settlements are under way.
final class LaneState: StateSource {
    private struct Unsettled {
        let value: StateValue?
        /// The run that made it.
        let run: UInt64
    }

    private struct Changes {
        var values: [[UInt8]: Unsettled] = [:]
        /// The keys that each run under way changed, oldest run first.
        var runs: [(number: UInt64, keys: [[UInt8]])] = []
        /// Keys with state, those under way included.
        var keys: UInt64
        var failure: EngineError?
    }

    private let lane: LaneID
    private let placement: StatePlacement
    private let keysMaximum: UInt64
    private let engine: any LaneStore
    private let retry: Retry
    private let changes: Mutex<Changes>

    /// - Parameters:
    ///   - partitions: of the function's inputs; a key's state is kept in the partition of the key.
    ///   - keys: how many keys have state as the lane begins.
    init(
        of function: DeployableFunction, _ state: StateDefinition, _ lane: LaneID,
        partitions: UInt32, keys: UInt64, engine: any LaneStore, retry: Retry
    ) {
        self.lane = lane
        placement = StatePlacement(lane: lane, partitions: partitions, state: state)
        keysMaximum = function.program.limits.stateKeys
        self.engine = engine
        self.retry = retry
        changes = Mutex(Changes(keys: keys))
    }

    /// What the engine could not do, and repeating can't mend.
    var failure: EngineError? { changes.withLock(\.failure) }

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        var answers: [StateAnswers.Answer] = []
        var settled: [Int] = []
        let left = changes.withLock { changes in
            for (number, key) in keys.enumerated() {
                if let refusal = placement.refusal(of: key) {
                    answers.append(.refused(refusal))
                } else if let unsettled = changes.values[key] {
                    answers.append(unsettled.value.map { .value($0) } ?? .none)
                } else {
                    answers.append(.none)
                    settled.append(number)
                }
            }
            return keysMaximum - min(changes.keys, keysMaximum)
        }
        if !settled.isEmpty {
            let values = try await values(of: settled.map { keys[$0] })
            for (number, value) in zip(settled, values) {
                guard let encoded = value else { continue }
                guard let value = StateValue(encoded: encoded) else {
                    throw give(up: .corrupt("lane \(lane): the state of a key is damaged"))
                }
                answers[number] = .value(value)
            }
        }
        return StateAnswers(answers, keysLeft: left)
    }

    private func values(of keys: [[UInt8]]) async throws(HostError) -> [[UInt8]?] {
        let (engine, lane) = (engine, lane)
        do throws(EngineError) {
            let values = try await retry.whileUnavailable { () async throws(EngineError) in
                try await engine.values(of: lane, in: .state, keys: keys)
            }
            if let values { return values }
        } catch {
            throw give(up: error)
        }
        throw .cannotStart("it was stopped")
    }

    private func give(up error: EngineError) -> HostError {
        changes.withLock { $0.failure = error }
        return .cannotStart("\(error)")
    }

    /// Takes note of what a run changed that is about to be settled.
    ///
    /// - Parameter keys: with state, once it is.
    func changed(_ values: [LaneValueChange], run: UInt64, keys: UInt64) {
        changes.withLock { changes in
            changes.keys = keys
            let states = values.filter { $0.space == .state }
            if states.isEmpty { return }
            for change in states {
                changes.values[change.key] = Unsettled(
                    value: change.value.flatMap { StateValue(encoded: $0) }, run: run)
            }
            changes.runs.append((run, states.map(\.key)))
        }
    }

    /// Runs up to this one are settled: the engine has what they changed.
    func settled(through run: UInt64) {
        changes.withLock { changes in
            while let oldest = changes.runs.first, oldest.number <= run {
                changes.runs.removeFirst()
                for key in oldest.keys where changes.values[key]?.run == oldest.number {
                    changes.values[key] = nil
                }
            }
        }
    }
}
