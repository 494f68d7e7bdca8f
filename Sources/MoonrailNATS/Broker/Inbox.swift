import CNATS
import Dispatch
import Foundation
import Synchronization

/// Who waits for which answers of the broker.
///
/// One wildcard subscription takes all answers of a connection; the last tokens of their subjects
/// say whose they are. Every wait has an end.
final class Inbox: Sendable {
    let bin = MessageBin()
    /// What all subjects of answers begin with, a dot at its end.
    let prefix: String
    private let waiting = Mutex<[UInt64: Waiting]>([:])
    private let numbers = Atomic<UInt64>(0)
    /// A dispatch source: safe, as any thread may cancel it.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer
    /// Tells why the connection is gone for good, and ends with it. For one reader.
    let losses: AsyncStream<String>
    private let lost: AsyncStream<String>.Continuation
    private let listeners = Mutex<[@Sendable (ContinuousClock.Instant, Bool) -> Void]>([])

    /// How often ends are looked for, and so how late a wait may end.
    private static let tick = DispatchTimeInterval.milliseconds(50)

    private enum Waiting {
        case answer(AnswerWait)
        case receipts(PublishBatch)
    }

    private struct AnswerWait {
        let subject: String
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Result<BrokerMessage, BrokerFault>, Never>
    }

    /// - Parameter token: no other connection has it.
    init(token: String) {
        prefix = "_INBOX.\(token)."
        (losses, lost) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        let source = DispatchSource.makeTimerSource(queue: .global())
        timer = source
        source.schedule(deadline: .now() + Self.tick, repeating: Self.tick)
        source.setEventHandler { [weak self] in self?.expire(at: .now) }
        source.activate()
    }

    /// Has `listener` called now and then, and at once when the connection breaks, and told which.
    func listen(
        _ listener: @escaping @Sendable (_ now: ContinuousClock.Instant, _ broke: Bool) -> Void
    ) {
        listeners.withLock { $0.append(listener) }
    }

    /// Ends all waits, as the connection broke.
    func broke() {
        fail(.unanswered)
        for listener in listeners.withLock({ $0 }) { listener(.now, true) }
    }

    /// Ends all waits, as the library gave the connection up.
    func gaveUp(because reason: String) {
        lost.yield(reason)
        close()
    }

    /// Ends all waits.
    func close() {
        lost.finish()
        timer.cancel()
        fail(.disconnected)
    }

    /// Sends something to a subject and waits for its answer.
    ///
    /// - Parameter send: given the subject for the answer; called before this returns.
    func answer(
        of subject: String, within timeout: Duration, _ send: (_ reply: String) -> BrokerFault?
    ) async -> Result<BrokerMessage, BrokerFault> {
        let number = nextNumber()
        return await withCheckedContinuation { continuation in
            let wait = AnswerWait(
                subject: subject, deadline: .now + timeout, continuation: continuation)
            waiting.withLock { $0[number] = .answer(wait) }
            if let fault = send(prefix + String(number)) {
                take(number)?.continuation.resume(returning: .failure(fault))
            }
        }
    }

    /// Has a batch take the answers to subjects that begin with what is returned and end with the
    /// number of a message.
    func register(_ batch: PublishBatch) -> (number: UInt64, prefix: String) {
        let number = nextNumber()
        waiting.withLock { $0[number] = .receipts(batch) }
        return (number, prefix + String(number) + ".")
    }

    func forget(_ number: UInt64) {
        waiting.withLock { $0[number] = nil }
    }

    /// Takes a message that came to a subject of this inbox.
    func took(_ message: borrowing TakenMessage) {
        guard let (number, index) = message.numbers(behind: prefix) else { return }
        let waiting = waiting.withLock { waiting in
            if case .answer? = waiting[number] { return waiting.removeValue(forKey: number) }
            return waiting[number]
        }
        switch waiting {
        case .answer(let wait)?:
            wait.continuation.resume(
                returning: message.isNoResponders
                    ? .failure(.noResponders) : .success(message.copy))
        case .receipts(let batch)?:
            batch.took(message.receipt, of: index)
        case nil: break
        }
    }

    /// Ends the waits for what was sent to a subject to which this login may not send.
    func refused(_ violation: PermissionViolation) {
        fail(.notPermitted(violation.text)) { wait in
            switch wait {
            case .answer(let wait): violation.concerns([wait.subject])
            case .receipts(let batch): violation.concerns(batch.subjects)
            }
        }
    }

    /// Ends waits under way with a fault: all of them when nothing says which.
    private func fail(_ fault: BrokerFault, where isMeant: (Waiting) -> Bool = { _ in true }) {
        let ended = waiting.withLock { waiting in
            let ended = waiting.filter { isMeant($0.value) }
            for number in ended.keys { waiting[number] = nil }
            return ended
        }
        for wait in ended.values { end(wait, fault) }
    }

    private func expire(at now: ContinuousClock.Instant) {
        fail(.unanswered) { wait in
            switch wait {
            case .answer(let wait): wait.deadline <= now
            case .receipts(let batch): batch.deadline <= now
            }
        }
        for listener in listeners.withLock({ $0 }) { listener(now, false) }
    }

    private func end(_ waiting: Waiting, _ fault: BrokerFault) {
        switch waiting {
        case .answer(let wait): wait.continuation.resume(returning: .failure(fault))
        case .receipts(let batch): batch.fail(fault)
        }
    }

    private func take(_ number: UInt64) -> AnswerWait? {
        waiting.withLock { waiting in
            guard case .answer(let wait)? = waiting.removeValue(forKey: number) else { return nil }
            return wait
        }
    }

    private func nextNumber() -> UInt64 {
        numbers.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
