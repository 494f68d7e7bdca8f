import MoonrailCore
import Synchronization

/// The state that a function's keys have while its history runs again and nothing is settled: what
/// they had where it begins, and over it what was changed since.
final class HistoryState: StateSource {
    private let placement: StatePlacement
    private let begin: Position
    private let engine: any StationLog
    private let changed = Mutex<[[UInt8]: StateValue?]>([:])

    /// - Parameter begin: where the run begins.
    init(_ placement: StatePlacement, from begin: Position, engine: any StationLog) {
        self.placement = placement
        self.begin = begin
        self.engine = engine
    }

    func answers(to keys: [[UInt8]]) async throws(HostError) -> StateAnswers {
        var answers: [StateAnswers.Answer] = []
        for key in keys {
            if let refusal = placement.refusal(of: key) {
                answers.append(.refused(refusal))
            } else if let value = changed.withLock({ $0[key] }) {
                answers.append(value.map { .value($0) } ?? .none)
            } else {
                answers.append(try await value(of: key).map { .value($0) } ?? .none)
            }
        }
        return StateAnswers(answers)
    }

    /// Takes over what the events of a run changed that ended well.
    func apply(_ changes: [StateChange], of outcomes: [Outcome]) {
        changed.withLock { changed in
            for change in changes
            where change.event < outcomes.count && outcomes[change.event].isDone {
                changed[change.key] = .some(change.value)
            }
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
