import CNATS
import MoonrailCore
import Synchronization

/// The key-value bucket that holds leases: a stream with one message for each key, as the
/// specification has it
/// (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md).
struct LeaseBucket: Sendable {
    private let jetStream: JetStream
    private let replicas: Int
    private let storage: String
    private let name: String

    /// What a write is to do.
    enum Change: Sendable {
        case put([UInt8])
        case delete
    }

    /// A write that counts only while the key has this revision; 0: no message at all. In a bucket
    /// with replicas it counts in any case, and the last one has the key: servers of a cluster of
    /// nats-server 2.9 that refused messages may disagree on what is there once they were killed.
    struct Write: Sendable {
        let key: String
        let change: Change
        let revision: UInt64

        init(key: String, change: Change, revision: UInt64) {
            self.key = key
            self.change = change
            self.revision = revision
        }

        /// What stands under the key then.
        var value: [UInt8] {
            if case .put(let bytes) = change { bytes } else { [] }
        }

        /// Of a lane's record.
        init(of lane: LaneID, _ change: Change, at revision: UInt64) {
            self.init(key: LeaseRecord.key(lane), change: change, revision: revision)
        }
    }

    init(_ jetStream: JetStream, _ settings: BrokerSettings) {
        self.jetStream = jetStream
        replicas = settings.replicas
        storage = settings.storage.rawValue
        name = settings.prefix + "-leases"
    }

    private var stream: String { "KV_" + name }
    private var prefix: String { "$KV.\(name)." }

    /// Makes the bucket, unless it is there.
    func open() async throws(BrokerFault) {
        var configuration = StreamConfiguration(name: stream, subjects: [prefix + ">"])
        configuration.max_msgs_per_subject = 1
        configuration.storage = storage
        configuration.discard = "new"
        configuration.num_replicas = replicas
        configuration.allow_rollup_hdrs = true
        configuration.deny_delete = true
        do throws(BrokerFault) {
            _ = try await jetStream.createStream(configuration)
        } catch {
            // One with other settings keeps leases as well.
            guard error.number == BrokerFault.Number.streamNameInUse else { throw error }
        }
    }

    /// Makes all writes, each by itself. What `unanswered` says of one may have been written or
    /// not.
    ///
    /// - Returns: what became of each: its revision.
    func write(
        _ writes: [Write], timeout: Duration
    ) async -> [Result<UInt64, BrokerFault>] {
        let (prefix, replicas) = (prefix, replicas)
        let receipts = await jetStream.broker.publish(
            count: writes.count, to: writes.map { prefix + $0.key }, timeout: timeout
        ) { sequence in
            for write in writes {
                write.value.withUnsafeBytes {
                    sequence.publish(prefix + write.key, $0) { headers in
                        if replicas == 1 {
                            SequenceMark.subject(write.revision).add(to: &headers)
                        }
                        if case .delete = write.change { headers.add("KV-Operation", "DEL") }
                    }
                }
            }
        }
        return receipts.map { receipt in
            switch receipt {
            case .stored(let revision), .duplicate(let revision): .success(revision)
            case .failed(let fault): .failure(fault)
            }
        }
    }

    /// Removes a key for good, without a trace for those who watch.
    func purge(_ key: String) async throws(BrokerFault) {
        try await jetStream.purge(stream, subject: prefix + key)
    }

    /// What a watch tells, in the order of the bucket.
    enum News: Sendable {
        /// - Parameter value: nil when the key was deleted.
        case entry(key: String, value: [UInt8]?, revision: UInt64)
        /// Something was not told: a new watch is needed.
        case gap
    }

    /// Tells what is there and then every change, until what is returned is gone or the connection
    /// breaks; the latter is not told.
    ///
    /// - Parameter tell: called on a thread of the library's; it must not wait.
    func watch(
        _ tell: @escaping @Sendable (News) -> Void
    ) async throws(BrokerFault) -> BrokerSubscription {
        let counted = WatchCount()
        let prefix = prefix
        let subscription = try jetStream.broker.subscribe { message in
            guard let place = message.place, let subject = message.subjectText,
                subject.hasPrefix(prefix)
            else { return }
            guard counted.isNext(place.delivery) else {
                tell(.gap)
                return
            }
            let isDeleted = message.header("KV-Operation") != nil
            tell(
                .entry(
                    key: String(subject.dropFirst(prefix.count)),
                    value: isDeleted ? nil : Array(message.payload), revision: place.sequence))
        }
        var configuration = ConsumerConfiguration(subject: prefix + ">", inactive: .seconds(30))
        configuration.deliver_policy = "last_per_subject"
        configuration.deliver_subject = subscription.subject
        configuration.max_waiting = nil
        _ = try await jetStream.createConsumer(stream, configuration)
        return subscription
    }
}

/// Counts what one consumer delivers.
private final class WatchCount: Sendable {
    private let last = Mutex<UInt64>(0)

    /// Whether the delivery follows on the one before.
    func isNext(_ number: UInt64) -> Bool {
        last.withLock { last in
            defer { last = number }
            return number == last + 1
        }
    }
}

extension TakenMessage {
    fileprivate var subjectText: String? {
        natsMsg_GetSubject(pointer).map { String(cString: $0) }
    }
}
