import MoonrailCore
import Synchronization

/// The logs of lanes: what was written there last, and the values that they tell of.
final class LaneLogs: Sendable {
    let jetStream: JetStream
    let naming: Naming
    let mirror: LaneMirror
    private let owned = Mutex<[LaneID: OwnedLane]>([:])
    /// When logs were made, as they were looked up last.
    private let made = Mutex<[LaneID: EventTime]>([:])

    init(_ jetStream: JetStream, _ naming: Naming, _ mirror: LaneMirror) {
        self.jetStream = jetStream
        self.naming = naming
        self.mirror = mirror
    }

    /// The lane as this process has claimed it; nil when it has not, or no longer.
    func owned(_ lane: LaneID) -> OwnedLane? {
        owned.withLock { $0[lane] }
    }

    /// Keeps what became of a lane, unless a later claim of this process has taken it.
    func keep(_ lane: OwnedLane, of id: LaneID) {
        owned.withLock { owned in
            if owned[id]?.fence ?? 0 <= lane.fence { owned[id] = lane }
        }
    }

    /// Takes note that a settlement failed: some of its events may be there.
    func failed(_ id: LaneID, fence: UInt64) {
        owned.withLock { owned in
            if owned[id]?.fence == fence { owned[id]?.events = 0 }
        }
    }

    /// Forgets a claim that is lost.
    func lose(_ id: LaneID, fence: UInt64) {
        owned.withLock { owned in
            if owned[id]?.fence == fence { owned[id] = nil }
        }
    }

    func forget(_ function: FunctionName) {
        owned.withLock { owned in
            for id in owned.keys where id.function == function { owned[id] = nil }
        }
        made.withLock { made in
            for id in made.keys where id.function == function { made[id] = nil }
        }
    }

    /// The last message of a lane's log, from the log's leader; nil when there is none.
    func last(_ lane: LaneID) async throws(EngineError) -> LoggedMessage? {
        let found: StreamMessage?
        do throws(BrokerFault) {
            found = try await jetStream.message(
                naming.laneStream(of: lane), .last(subject: naming.laneSubject(of: lane)))
        } catch {
            if error.isStreamMissing { return nil }
            throw EngineError(error, "reading the log of lane \(lane)")
        }
        guard let found else { return nil }
        return LoggedMessage(
            message: try LaneMessage(found.payload, of: lane, at: found.sequence),
            sequence: found.sequence, time: found.time)
    }

    /// Writes messages to a lane's log, one behind the other, where `last` is its last one.
    ///
    /// - Returns: the sequence number of the last of them; nil when the log has gone on otherwise.
    /// - Throws: when it is not known whether they are there.
    func append(
        _ messages: [LaneMessage], to lane: LaneID, behind last: UInt64
    ) async throws(BrokerFault) -> UInt64? {
        var last = last
        let subject = naming.laneSubject(of: lane)
        for message in messages {
            let bytes = message.encoded
            let expected = last
            let receipts = await jetStream.broker.publish(count: 1, to: [subject]) { sequence in
                bytes.withUnsafeBytes { payload in
                    sequence.publish(subject, payload) {
                        SequenceMark.stream(expected).add(to: &$0)
                    }
                }
            }
            switch receipts[0] {
            case .stored(let sequence), .duplicate(let sequence): last = sequence
            case .failed(let fault):
                if fault.number == BrokerFault.Number.wrongLastSequence { return nil }
                throw fault
            }
        }
        return last
    }

    /// Makes sure that the lane has a log.
    func open(_ lane: LaneID, _ settings: BrokerSettings) async throws(EngineError) {
        if made.withLock({ $0[lane] }) != nil { return }
        var configuration = StreamConfiguration(
            name: naming.laneStream(of: lane), subjects: [naming.laneSubject(of: lane)])
        configuration.storage = settings.storage.rawValue
        configuration.num_replicas = settings.replicas
        // When it was made: servers of a cluster each tell a time of their own.
        configuration.description =
            "Moonrail: the log of lane \(lane), made at \(EventTime.ofClock.microseconds)"
        do throws(BrokerFault) {
            _ = try await jetStream.createStream(configuration)
        } catch {
            guard error.number == BrokerFault.Number.streamNameInUse else {
                throw EngineError(error, "making the log of lane \(lane)")
            }
        }
        _ = try await created(lane)
    }

    /// When the lane's log was made; nil when there is none.
    private func created(_ lane: LaneID) async throws(EngineError) -> EventTime? {
        if let known = made.withLock({ $0[lane] }) { return known }
        do throws(BrokerFault) {
            let info = try await jetStream.stream(naming.laneStream(of: lane))
            let noted = info.config.description?.split(separator: " ").last.flatMap { Int64($0) }
            guard
                let created = noted.map({ EventTime(microseconds: $0) })
                    ?? EventTime(info.created)
            else { return nil }
            made.withLock { $0[lane] = created }
            return created
        } catch {
            if error.isStreamMissing { return nil }
            throw EngineError(error, "looking up the log of lane \(lane)")
        }
    }

    /// Brings the values at hand up to what the lane's log says now.
    ///
    /// - Returns: false when the lane has no log.
    func refresh(_ lane: LaneID) async throws(EngineError) -> Bool {
        guard let created = try await created(lane) else { return false }
        var known = try await mirror.sequence(of: lane, created: created)
        // What this process owns it has brought up to date itself.
        if let owned = owned(lane), owned.last == known { return true }
        guard let end = try await last(lane)?.sequence else {
            made.withLock { $0[lane] = nil }
            return false
        }
        var parts: [LaneValueRecords] = []
        var position = known
        while position < end {
            let page = try await messages(of: lane, from: position + 1, limit: Self.page)
            guard let last = page.last?.sequence else { break }
            var whole: [LaneValueRecords] = []
            var through = known
            for logged in page {
                switch logged.message.kind {
                case .values:
                    parts.append(logged.message.values)
                    continue
                case .claim: break
                case .settlements:
                    whole += parts.suffix(Int(logged.message.parts))
                    whole.append(logged.message.values)
                }
                parts = []
                through = logged.sequence
            }
            if through > known {
                try await mirror.apply(whole, of: lane, after: known, through: through)
                known = through
            }
            position = last
        }
        return true
    }

    private static let page = 256

    /// Messages of a lane's log from a sequence number on.
    func messages(
        of lane: LaneID, from first: UInt64, limit: Int
    ) async throws(EngineError) -> [LoggedMessage] {
        let raw: [RawMessage]
        do throws(BrokerFault) {
            raw = try await jetStream.messages(
                naming.laneStream(of: lane), subject: naming.laneSubject(of: lane),
                from: first, limit: limit)
        } catch {
            if error.isStreamMissing { return [] }
            throw EngineError(error, "reading the log of lane \(lane)")
        }
        var messages: [LoggedMessage] = []
        for one in raw {
            messages.append(
                LoggedMessage(
                    message: try LaneMessage(one.payload, of: lane, at: one.place.sequence),
                    sequence: one.place.sequence, time: one.place.time))
        }
        return messages
    }
}

/// A message as it stands in a lane's log.
struct LoggedMessage: Sendable {
    let message: LaneMessage
    let sequence: UInt64
    /// When it was written, by the broker's clock.
    let time: EventTime

    /// When the lane was settled last, or claimed first.
    var settled: EventTime {
        message.kind == .settlements ? time : message.state.settledBefore ?? time
    }
}

/// A lane that this process has claimed.
struct OwnedLane: Sendable {
    /// The sequence number of the claim.
    let fence: UInt64
    /// Of the last message of the log.
    var last: UInt64
    var state: LaneState
    /// When the lane was settled last, whoever did it.
    var settled: ContinuousClock.Instant
    /// Events that were settled since it was claimed, or since a settlement failed.
    var events: UInt64 = 0
    /// Settlements of which it is not known whether they are there.
    var doubtful: LaneMessage?
    /// Ids that were found at the ends of stations and did not come again yet: what was published
    /// at once may come again in several settlements.
    var tails: [StationName: Set<NameHash>] = [:]
}
