import MoonrailCore
import Synchronization

/// The state of a lane's keys as its next run must see it: what is settled, and over it what runs
/// changed whose settlements are under way.
final class LaneState: StateSource {
    private struct Changes {
        var values = UnsettledState()
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
    /// Nil when the function has no timers.
    private let timers: LaneTimers?
    /// Timers that fire after one event at most.
    private let firings: Int

    /// - Parameters:
    ///   - partitions: of the function's inputs; a key's state is kept in the partition of the key.
    ///   - keys: how many keys have state as the lane begins.
    ///   - watermark: how far event time has come then; nil when the function has no timers.
    init(
        of function: DeployableFunction, _ state: StateDefinition, _ lane: LaneID,
        partitions: UInt32, keys: UInt64, watermark: Watermark?, engine: any LaneStore,
        retry: Retry
    ) {
        self.lane = lane
        placement = StatePlacement(lane: lane, partitions: partitions, state: state)
        keysMaximum = function.program.limits.stateKeys
        self.engine = engine
        self.retry = retry
        changes = Mutex(Changes(keys: keys))
        timers = watermark.map { LaneTimers(lane, watermark: $0, engine: engine) }
        firings = TimerDefinition.firings(stateBytes: function.program.limits.stateBytes)
    }

    /// What the engine could not do, and repeating can't mend.
    var failure: EngineError? { changes.withLock(\.failure) }

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        var answers: [StateAnswers.Answer] = []
        var settled: [Int] = []
        let left = changes.withLock { changes in
            for (number, key) in keys.enumerated() {
                answers.append(.none)
                if let refusal = placement.refusal(of: key) {
                    answers[number] = .refused(refusal)
                    continue
                }
                switch changes.values.change(of: key) {
                case .none: settled.append(number)
                case .removed: break
                case .value(let encoded):
                    if let value = StateValue(encoded: encoded) { answers[number] = .value(value) }
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

    func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers? {
        guard let timers else { return nil }
        var due = DueTimers(
            watermark: timers.watermark, firings: firings, timers: [], values: [], isCut: false)
        // More than one event's share, so that a run need not end after its first event.
        let keys = 4 * (firings + 1)
        let selection = try await reading { () async throws(EngineError) in
            try await timers.due(latest: latest, keys: keys)
        }
        if selection.timers.isEmpty { return due }
        due.isCut = selection.isCut
        let values = try await values(of: selection.timers)
        var told: [[UInt8]: Set<StateTimer>] = [:]
        var bytes = 0
        for timer in selection.timers {
            guard let value = values[timer.key] else { continue }
            if told[timer.key] == nil {
                if told.count > firings, bytes > TimerDefinition.firingStateBytes {
                    due.isCut = true
                    break
                }
                told[timer.key] = Set(value.timers)
                due.values.append((timer.key, value))
                bytes += value.encoded.count
            }
            if told[timer.key]?.contains(timer.timer) == true { due.timers.append(timer) }
        }
        return due
    }

    /// No timer waits for an earlier time; nil when the function has none.
    var earliestTimer: EventTime? { timers?.earliest }

    /// Whether a timer is due when an event of this time has moved time.
    func hasTimersDue(latest: EventTime) async throws(HostError) -> Bool {
        guard let timers else { return false }
        return try await !reading { () async throws(EngineError) in
            try await timers.due(latest: latest, keys: 1)
        }.timers.isEmpty
    }

    /// What the keys of timers have.
    private func values(
        of timers: [KeyedTimer]
    ) async throws(HostError) -> [[UInt8]: StateValue] {
        let keys = Array(Set(timers.map(\.key)))
        var values: [[UInt8]: StateValue] = [:]
        for (key, answer) in zip(keys, try await answers(to: keys).answers) {
            if case .value(let value) = answer { values[key] = value }
        }
        return values
    }

    private func values(of keys: [[UInt8]]) async throws(HostError) -> [[UInt8]?] {
        let (engine, lane) = (engine, lane)
        return try await reading { () async throws(EngineError) in
            try await engine.values(of: lane, in: .state, keys: keys)
        }
    }

    /// What `body` reads from the engine, as soon as that can be had.
    private func reading<Value: Sendable>(
        _ body: @Sendable () async throws(EngineError) -> Value
    ) async throws(HostError) -> Value {
        do throws(EngineError) {
            if let value = try await retry.whileUnavailable(body) { return value }
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
    /// - Parameters:
    ///   - keys: with state, once it is.
    ///   - watermark: then; nil when the function has no timers.
    func changed(
        _ settlement: Settlement, run: UInt64, keys: UInt64, watermark: Watermark?
    ) {
        if let watermark { timers?.changed(settlement.changes, run: run, watermark: watermark) }
        changes.withLock { changes in
            changes.keys = keys
            changes.values.change(settlement.values, run: run)
        }
    }

    /// Runs up to this one are settled: the engine has what they changed.
    func settled(through run: UInt64) {
        timers?.settled(through: run)
        changes.withLock { $0.values.settled(through: run) }
    }

    /// Dead letters were run again, and what they changed was settled.
    func lettersWereRun() {
        timers?.changedElsewhere()
    }
}
