import GRDB
import MoonrailCore

/// Chunks of one station that its retention no longer keeps: a slice of the oldest.
///
/// Made from a snapshot, carried out in a transaction if the station is still as it was then.
struct RetentionPlan: Sendable {
    /// The beginning of one partition that is to be removed.
    struct Cut: Sendable {
        /// The partition's place in its station, and its id.
        let number: Int
        let partition: Int64
        /// The first offset that stays.
        var next: UInt64
        /// What the last chunk that goes said: `appended_max`, `ids_after`, and where it ends in
        /// the bytes that were ever written to the partition.
        var appendedMax: Int64
        var ids: Int64
        var bytes: Int64
    }

    let station: StationName
    let id: Int64
    let retention: Retention
    /// The station's earliest offsets that it was made for.
    let earliest: [UInt64]
    private(set) var cuts: [Cut] = []
    private(set) var chunks = 0

    /// The next slice to be removed of a station; nil when all that it holds is kept.
    ///
    /// - Parameter state: as committed at or before the snapshot that `database` shows.
    init?(
        _ database: Database, _ name: StationName, _ state: StationState, now: EventTime
    ) throws {
        station = name
        id = state.id
        retention = state.retention
        earliest = state.partitions.map(\.earliest)
        guard var bound = RetentionBound(state, now: now) else { return nil }
        var oldest = try state.partitions.map { try OldChunk(database, $0, from: $0.earliest) }
        var bytes: Int64 = 0
        while chunks < Housekeeping.sliceChunks && bytes < Housekeeping.sliceRemovedBytes {
            let first = oldest.indices.filter { oldest[$0] != nil }
                .min { oldest[$0]?.appendedMax ?? 0 < oldest[$1]?.appendedMax ?? 0 }
            guard let number = first, let chunk = oldest[number], bound.releases(chunk) else {
                break
            }
            bytes += chunk.bytes
            chunks += 1
            cut(chunk, number, state.partitions[number].id)
            oldest[number] = try OldChunk(
                database, state.partitions[number], from: chunk.next)
        }
        if cuts.isEmpty { return nil }
    }

    private mutating func cut(_ chunk: OldChunk, _ number: Int, _ partition: Int64) {
        let cut = Cut(
            number: number, partition: partition, next: chunk.next,
            appendedMax: chunk.appendedMax, ids: chunk.ids, bytes: chunk.bytesEnd)
        if let place = cuts.firstIndex(where: { $0.number == number }) {
            cuts[place] = cut
        } else {
            cuts.append(cut)
        }
    }
}

/// The oldest chunk of a partition that is not yet planned to go.
private struct OldChunk {
    let next: UInt64
    let events: UInt64
    let appendedMax: Int64
    let ids: Int64
    let bytes: Int64
    let bytesEnd: Int64

    /// - Returns: nil when there is none, or it came after `partition` was looked up, so that the
    ///   totals don't know it.
    init?(_ database: Database, _ partition: PartitionState, from first: UInt64) throws {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT first_offset, count, appended_max, ids_after, bytes_before, length(body)
                    FROM chunk_\(partition.id) WHERE first_offset >= ?
                    ORDER BY first_offset LIMIT 2
                    """), arguments: [Int64(clamping: first)])
        guard let row = rows.first else { return nil }
        events = UInt64(try row.natural(1))
        next = UInt64(try row.natural(0)) + events
        guard next <= partition.next else { return nil }
        appendedMax = try row.integer(2)
        ids = try row.natural(3)
        let before = try row.natural(4)
        // Bytes count as they were appended: merging makes a body smaller and changes no total.
        bytesEnd = try rows.count > 1 ? rows[1].natural(4) : before + row.natural(5)
        bytes = bytesEnd - before
    }
}

/// Whether a station may do without its oldest chunk.
private struct RetentionBound {
    private let retention: Retention
    private let oldestKept: Int64?
    private var events: UInt64
    private var bytes: Int64

    /// - Returns: nil when a look at memory tells that nothing is to be removed.
    init?(_ state: StationState, now: EventTime) {
        retention = state.retention
        events = state.partitions.reduce(0) { $0 + $1.next - $1.earliest }
        bytes = state.partitions.reduce(0) { $0 + $1.bytesTotal - $1.bytesRemoved }
        oldestKept = retention.age.map { now.microseconds - $0.microseconds }
        let isOver =
            events > retention.events ?? .max || bytes > Int64(clamping: retention.bytes ?? .max)
        guard events > 0, isOver || oldestKept != nil else { return nil }
    }

    /// Whether nothing of the chunk is kept; it counts as removed then.
    mutating func releases(_ chunk: OldChunk) -> Bool {
        let eventsLeft = events - chunk.events
        let bytesLeft = bytes - chunk.bytes
        let isReleased =
            oldestKept.map { chunk.appendedMax < $0 } == true
            || retention.events.map { eventsLeft >= $0 } == true
            || retention.bytes.map { bytesLeft >= Int64(clamping: $0) } == true
        guard isReleased else { return false }
        events = eventsLeft
        bytes = bytesLeft
        return true
    }
}
