import MoonrailCore
import Synchronization

/// The state that a function's keys have while its history runs again and nothing is settled: what
/// they had where it begins, and over it what was changed since.
final class HistoryState: StateSource {
    fileprivate struct Content {
        var changed: [[UInt8]: StateValue?] = [:]
        /// The timers that wait, by their keys in the index, the next one first.
        var timers = WaitingTimers()
        /// How far event time has come, of a version that has timers.
        var watermark: Watermark?
        /// As the version before left it.
        var reached: EventTime?
        var firings = 1
    }

    private let placement: StatePlacement
    private let begin: Position
    private let engine: any StationLog
    private let content = Mutex(Content())

    /// - Parameter begin: where the run begins.
    init(_ placement: StatePlacement, from begin: Position, engine: any StationLog) {
        self.placement = placement
        self.begin = begin
        self.engine = engine
    }

    /// Looks up which timers wait where the run begins, of a function that has some.
    ///
    /// - Parameter reached: how far event time had come there.
    /// - Throws: as `StationLog.read`.
    func beginTimers(reached: EventTime?) async throws(EngineError) {
        var waiting: [[UInt8]: [StateTimer]] = [:]
        if !begin.isBeginning {
            try await StateChangeLog(lane: placement.lane, engine: engine).forEach {
                events, number, origin in
                guard origin.counts(before: begin) else { return true }
                events.records.withRecord(number) { record in
                    guard let key = record.key.map(Array.init) else { return }
                    let timers = StateValue(changeEvent: record.event)?.timers ?? []
                    waiting[key] = timers.isEmpty ? nil : timers
                }
                return true
            }
        }
        content.withLock { content in
            content.reached = reached
            for (key, timers) in waiting {
                for timer in timers { content.timers.insert(timer.indexKey(of: key)) }
            }
        }
    }

    /// From now on this function runs.
    func use(_ function: DeployableFunction) {
        content.withLock { content in
            content.reached = content.watermark?.reached ?? content.reached
            content.watermark = function.definition.timers.map {
                Watermark(lateness: $0.lateness, reached: content.reached)
            }
            content.firings = TimerDefinition.firings(
                stateBytes: function.program.limits.stateBytes)
        }
    }

    /// How far event time has come; nil where the function has no timers.
    var watermark: Watermark? { content.withLock(\.watermark) }

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        var answers: [StateAnswers.Answer] = []
        for key in keys {
            if let refusal = placement.refusal(of: key) {
                answers.append(.refused(refusal))
            } else if let value = content.withLock({ $0.changed[key] }) {
                answers.append(value.map { .value($0) } ?? .none)
            } else {
                answers.append(try await value(of: key).map { .value($0) } ?? .none)
            }
        }
        return StateAnswers(answers)
    }

    func dueTimers(latest: EventTime) async throws(HostError) -> DueTimers? {
        let found = content.withLock { content -> DueTimers? in
            guard let watermark = content.watermark else { return nil }
            let (timers, isCut) = content.timers.due(
                until: watermark.after(latest), keys: 4 * (content.firings + 1))
            return DueTimers(
                watermark: watermark, firings: content.firings, timers: timers, values: [],
                isCut: isCut)
        }
        guard var due = found else { return nil }
        let keys = Array(Set(due.timers.map(\.key)))
        for (key, answer) in zip(keys, try await answers(to: keys).answers) {
            if case .value(let value) = answer { due.values.append((key, value)) }
        }
        return due
    }

    /// Takes over what the events of a run, and the timers that fired after them, changed.
    ///
    /// - Parameter first: number of the run's first event in the batch.
    func apply(_ reply: RunReply?, of outcomes: [Outcome], in batch: LaneBatch, from first: Int) {
        content.withLock { content in
            for change in reply?.stateChanges ?? [] where change.event < outcomes.count {
                let outcome = outcomes[change.event]
                if change.firing == nil ? outcome.isDone : outcome.movesTime {
                    content.take(change)
                }
            }
            for (number, outcome) in outcomes.enumerated() where content.watermark != nil {
                content.watermark?.take(
                    outcome, at: batch.withRecord(first + number, \.time))
            }
        }
    }

    /// Takes over what fired while the clock moved event time.
    func apply(tick reply: RunReply, to time: EventTime) {
        content.withLock { content in
            for change in reply.stateChanges { content.take(change) }
            content.watermark?.advance(to: time)
        }
    }

    /// What a key had where the run begins.
    private func value(of key: [UInt8]) async throws(HostError) -> StateValue? {
        if begin.isBeginning { return nil }
        var value: StateValue?
        do throws(EngineError) {
            try await StateChangeLog(lane: placement.lane, engine: engine).forEach(of: key) {
                events, number, origin in
                if origin.counts(before: begin) {
                    value = events.records.withRecord(number) { StateValue(changeEvent: $0.event) }
                }
                return true
            }
        } catch {
            throw .cannotStart("the state that it had can't be read: \(error)")
        }
        return value
    }
}

extension HistoryState.Content {
    fileprivate mutating func take(_ change: StateChange) {
        changed[change.key] = .some(change.value)
        let now = change.value?.timers ?? []
        for timer in change.timersBefore where !now.contains(timer) {
            timers.remove(timer.indexKey(of: change.key))
        }
        for timer in now { timers.insert(timer.indexKey(of: change.key)) }
    }
}
