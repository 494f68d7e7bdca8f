import Foundation
import MoonrailCore
import Synchronization

/// Reads one partition from one offset on, through a consumer of its own on the broker, and ahead
/// of who asks.
final class PartitionReader: Sendable {
    private let broker: Broker
    private let stream: String
    private let consumer: String
    private let subscription: BrokerSubscription
    private let decode: Decode
    private let state: Mutex<ReaderState>
    let bell: Bell
    /// Whether it asks for events before somebody wants them: whoever came twice goes on.
    private let keepsAhead = Atomic(false)

    /// How long a question waits for events at the broker.
    static let questionWait = Duration.seconds(4)
    /// Silence behind the end of a question after which its consumer is held to be gone.
    static let silence = Duration.seconds(2)
    /// How long a consumer that nobody asks stays on the broker.
    private static let inactive = Duration.seconds(30)

    /// Appends what a message says to the records.
    typealias Decode =
        @Sendable (borrowing TakenMessage, StreamPlace, inout EventRecords) -> Void

    /// Makes the consumer.
    ///
    /// - Parameter decode: called with each message.
    /// - Throws: what the broker says; the stream may be missing.
    static func open(
        _ cursor: StationCursor, subject: String, stream: String, on jetStream: JetStream,
        decode: @escaping Decode
    ) async throws(BrokerFault) -> PartitionReader {
        var configuration = ConsumerConfiguration(subject: subject, inactive: inactive)
        configuration.opt_start_seq = StreamPlace.sequence(ofOffset: cursor.offset)
        let bell = Bell()
        let inlet = Inlet(bell: bell)
        let subscription = try jetStream.broker.subscribe { inlet.took($0) }
        let info = try await jetStream.createConsumer(stream, configuration)
        let reader = PartitionReader(
            jetStream.broker, stream, info, subscription, cursor, bell, decode)
        inlet.reader.withLock { $0 = WeakReader(reader) }
        return reader
    }

    private init(
        _ broker: Broker, _ stream: String, _ info: ConsumerInfo,
        _ subscription: BrokerSubscription, _ cursor: StationCursor, _ bell: Bell,
        _ decode: @escaping Decode
    ) {
        self.broker = broker
        self.stream = stream
        consumer = info.name
        self.subscription = subscription
        self.bell = bell
        self.decode = decode
        state = Mutex(ReaderState(cursor, pending: info.num_pending, now: .now))
    }

    deinit {
        // It would go by itself a while later.
        _ = broker.send("$JS.API.CONSUMER.DELETE.\(stream).\(consumer)", reply: "", [])
    }

    /// Where the next read begins.
    var position: UInt64 { state.withLock { $0.position } }

    var end: ReaderState.End? { state.withLock { $0.end } }

    /// Whether it has given all that the broker told it of, and does not go on by itself: it does
    /// not know what others sent to the station since.
    var isExhausted: Bool {
        !keepsAhead.load(ordering: .relaxed)
            && state.withLock { $0.events.isEmpty && $0.isAll }
    }

    var hasEvents: Bool { state.withLock { !$0.events.isEmpty } }

    /// From now on it asks for events ahead.
    func keepAhead() {
        keepsAhead.store(true, ordering: .relaxed)
        ask(atLeast: 1)
    }

    /// The next events within the bounds: those that came, of a reader that keeps ahead; else as
    /// many as there are.
    ///
    /// - Parameter known: an offset below which there were events for certain.
    func read(_ bounds: ReadBounds, known: UInt64) async -> StoredEvents {
        let questions = state.withLock { $0.questionsEnded }
        let keepsAhead = keepsAhead.load(ordering: .relaxed)
        var count = 0
        while true {
            let waiter = Bell.Waiter()
            bell.enter(waiter)
            defer { bell.leave(waiter) }
            let (events, came) = state.withLock { state -> (StoredEvents?, Int) in
                // What is said to come may be gone: then a question ends without it, or the rest
                // stays away. Who ended gives nothing more.
                let isOver =
                    state.questionsEnded > questions || state.end != nil || Task.isCancelled
                let isEnough =
                    state.events.isEmpty
                    ? known <= state.position && (state.isAll || keepsAhead)
                    : keepsAhead || state.isAll || state.fills(bounds)
                        || state.events.count == count
                return (isOver || isEnough ? state.take(bounds) : nil, state.events.count)
            }
            ask(atLeast: events == nil ? bounds.events : 0)
            if let events { return events }
            if came == 0 {
                await waiter.wait()
            } else {
                await Self.pause(until: waiter)
                count = came
            }
        }
    }

    /// How long the next of several events that are there stays away at most.
    private static let gap = Duration.milliseconds(30)

    private static func pause(until waiter: Bell.Waiter) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await waiter.wait() }
            group.addTask { try? await Task.sleep(for: gap) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Looks whether its consumer is still there.
    func tick(at now: ContinuousClock.Instant) {
        let isSilent = state.withLock { state in
            guard state.end == nil, state.owed > 0,
                now - state.heard > Self.questionWait + Self.silence
            else { return false }
            state.end(.broken)
            return true
        }
        if isSilent { bell.ring() }
    }

    /// Ends it: of a connection that broke, or a stream that is gone.
    func end(_ end: ReaderState.End) {
        state.withLock { $0.end(end) }
        bell.ring()
    }

    /// Asks for more where there is room.
    private func ask(atLeast count: Int) {
        let keepsAhead = keepsAhead.load(ordering: .relaxed)
        let (wanted, isLarge) = state.withLock { state in
            let wanted = state.wanted(keepsAhead: keepsAhead, atLeast: count)
            if wanted > 0 { state.asked(wanted, at: .now) }
            return (wanted, state.isNextLarge)
        }
        guard wanted > 0 else { return }
        let bytes = isLarge ? "" : ",\"max_bytes\":\(ReaderState.batchBytes)"
        let question =
            "{\"batch\":\(wanted),\"expires\":\(Self.questionWait.nanoseconds)\(bytes)}"
        if !broker.send(
            "$JS.API.CONSUMER.MSG.NEXT.\(stream).\(consumer)", reply: subscription.subject,
            Array(question.utf8))
        {
            end(.broken)
        }
    }

    fileprivate func took(_ message: borrowing TakenMessage) {
        if let place = message.place {
            state.withLock { state in
                state.heard(at: .now)
                state.took(place) {
                    decode(message, place, &$0)
                }
            }
        } else {
            take(status: message.isNoResponders ? 503 : message.status ?? 0, of: message)
        }
        bell.ring()
    }

    private func take(status: Int, of message: borrowing TakenMessage) {
        let left = message.header("Nats-Pending-Messages")
            .flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        let description =
            message.header("Description")
            .map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
        state.withLock { state in
            state.heard(at: .now)
            state.took(
                status: status, left: left, isTooLarge: description.contains("maxbytes"))
            if status == 503 || description.contains("leadership")
                || description.contains("shutdown")
            {
                state.end(.broken)
            } else if status == 409, description.contains("consumer deleted") {
                state.end(.removed)
            }
        }
        // A question that ended is asked again by whoever reads ahead.
        if keepsAhead.load(ordering: .relaxed) { ask(atLeast: 0) }
    }
}

/// Hands messages to a reader as long as there is one.
private final class Inlet: Sendable {
    let reader = Mutex(WeakReader(nil))
    private let bell: Bell

    init(bell: Bell) {
        self.bell = bell
    }

    func took(_ message: borrowing TakenMessage) {
        let reader = reader.withLock { $0.reader }
        reader?.took(message)
    }
}

struct WeakReader: Sendable {
    weak var reader: PartitionReader?

    init(_ reader: PartitionReader?) {
        self.reader = reader
    }
}
