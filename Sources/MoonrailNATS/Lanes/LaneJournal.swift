import MoonrailCore

/// Reads the journal of a lane out of its log, where records are found by halving: messages tell the
/// numbers of theirs.
struct LaneJournal: Sendable {
    private let lane: LaneID
    private let logs: LaneLogs

    /// Messages read at a time.
    private static let page = 64

    init(_ lane: LaneID, _ logs: LaneLogs) {
        self.lane = lane
        self.logs = logs
    }

    /// Records from number `first` on, at most `limit`.
    func records(
        from first: UInt64, limit: Int
    ) async throws(EngineError) -> [JournalRecord] {
        guard limit > 0, let last = try await logs.last(lane),
            first < last.message.state.settlements
        else { return [] }
        var next = try await sequence(of: first, in: 1..<last.sequence + 1)
        var records: [JournalRecord] = []
        var before: EventTime?
        while records.count < limit, next <= last.sequence {
            let page = try await logs.messages(of: lane, from: next, limit: Self.page)
            guard let end = page.last?.sequence else { break }
            for logged in page {
                let settled = min(before ?? logged.time, logged.time)...logged.time
                for (number, bytes) in zip(logged.message.numbers, logged.message.journal)
                where number >= first && records.count < limit {
                    records.append(try record(bytes, number: number, settled: settled))
                }
                before = logged.time
            }
            next = end + 1
        }
        return records
    }

    private func record(
        _ bytes: [UInt8], number: UInt64, settled: ClosedRange<EventTime>
    ) throws(EngineError) -> JournalRecord {
        guard var record = bytes.withUnsafeBytes({ JournalRecord(encoded: $0) }) else {
            throw .corrupt("lane \(lane): journal record \(number) is damaged")
        }
        record.settled = settled
        return record
    }

    /// The first message behind which the lane has more than `number` records, or one right in front
    /// of it.
    private func sequence(
        of number: UInt64, in range: Range<UInt64>
    ) async throws(EngineError) -> UInt64 {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            let found: StreamMessage?
            do throws(BrokerFault) {
                found = try await logs.jetStream.message(
                    logs.naming.laneStream(of: lane),
                    .next(subject: logs.naming.laneSubject(of: lane), from: middle))
            } catch {
                throw EngineError(error, "reading the log of lane \(lane)")
            }
            guard let found else {
                high = middle
                continue
            }
            let message = try LaneMessage(found.payload, of: lane, at: found.sequence)
            if message.state.settlements > number {
                high = middle
            } else {
                low = found.sequence + 1
            }
        }
        return low
    }
}
