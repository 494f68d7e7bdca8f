import Foundation
import GRDB
import MoonrailCore

/// Fills the chunks of one station's partitions during one transaction.
///
/// All callers of the transaction share its open chunks, so that many small appends become one
/// chunk and not many. An append that is a chunk by itself becomes one as it is.
struct StationAppender {
    private(set) var station: StationState
    /// For each partition its chunks, of which only the last may still grow.
    private var chunks: [[OpenChunk]]
    /// What `finish` wrote, with the partitions' ids.
    private(set) var written: [(partition: Int64, chunk: StoredChunk)] = []
    private let now: EventTime

    private struct OpenChunk {
        let first: UInt64
        var records = EventRecords()
        /// Ids given to its events.
        var ids: Int64 = 0
        /// What is written for it; nil while it may still grow.
        var body: [UInt8]?

        var isFull: Bool {
            body != nil || records.count >= Bounds.batchEvents
                || records.bytes.count >= Bounds.batchBytes
        }

        /// How many of another batch's events in `range` it takes before it is full.
        func room(for other: EventRecords, _ range: Range<Int>) -> Int {
            let start = other.byteRange(range).lowerBound
            let bytes = Bounds.batchBytes - records.bytes.count
            return other.starts[range].prefix(Bounds.batchEvents - records.count)
                .prefix { $0 - start < bytes }.count
        }
    }

    init(_ station: StationState, now: EventTime) {
        self.station = station
        self.now = now
        chunks = Array(repeating: [], count: station.partitions.count)
    }

    /// The partition that an append's `record` belongs to.
    func partition(of record: EventRecord, in append: StationAppend) -> UInt32 {
        append.partition(of: record, among: UInt32(station.partitions.count))
    }

    /// The offset that the next event of a partition gets.
    func next(_ partition: UInt32) -> UInt64 {
        station.partitions[Int(partition)].next
    }

    /// Puts some of an append's events, which follow each other, at the end of their partition.
    mutating func append(_ append: PreparedAppend, _ range: Range<Int>, partition: UInt32) {
        let number = Int(partition)
        let next = station.partitions[number].next
        station.partitions[number].next += UInt64(range.count)
        if let body = append.body, range.count == append.records.count {
            chunks[number].append(
                OpenChunk(
                    first: next, records: append.records, ids: Int64(append.givenIDs), body: body))
            return
        }
        var rest = range
        while !rest.isEmpty {
            if chunks[number].last?.isFull ?? true {
                chunks[number].append(
                    OpenChunk(first: next + UInt64(rest.lowerBound - range.lowerBound)))
            }
            let open = chunks[number].count - 1
            let taken = rest.prefix(chunks[number][open].room(for: append.records, rest))
            chunks[number][open].records.take(append.records, taken)
            if append.givenIDs > 0 {
                chunks[number][open].ids += Int64(append.records.givenIDs(in: taken))
            }
            rest = taken.upperBound..<range.upperBound
        }
    }

    /// The events that the transaction appended to a partition so far, and the first one's offset.
    func appended(to partition: UInt32) -> (first: UInt64, chunks: [EventRecords]) {
        let open = chunks[Int(partition)]
        let next = station.partitions[Int(partition)].next
        return (open.first?.first ?? next, open.map(\.records))
    }

    /// Writes what there is, and numbers its ids partition by partition: an order that can be read
    /// from the rows.
    mutating func finish(_ database: Database) throws {
        // A clock that steps back must not make a station's times decrease.
        let appended = max(now.microseconds, station.appendedMax)
        for number in chunks.indices {
            for chunk in chunks[number] { try write(chunk, number, appended, database) }
            chunks[number].removeAll()
        }
    }

    /// Takes over settings that were altered, and what was removed, while it is filled.
    mutating func alter(_ altered: StationState) {
        station.retention = altered.retention
        station.duplicates = altered.duplicates
        for number in station.partitions.indices {
            station.partitions[number].earliest = altered.partitions[number].earliest
            station.partitions[number].bytesRemoved = altered.partitions[number].bytesRemoved
            station.partitions[number].idsRemoved = altered.partitions[number].idsRemoved
        }
    }

    private mutating func write(
        _ chunk: OpenChunk, _ number: Int, _ appended: Int64, _ database: Database
    ) throws {
        let body = chunk.body ?? chunk.records.chunkBody
        station.idsTotal += chunk.ids
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO chunk_\(station.partitions[number].id)
                    (first_offset, count, appended_max, ids_after, bytes_before, body)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            Int64(chunk.first), chunk.records.count, appended, station.idsTotal,
            station.partitions[number].bytesTotal, Data(body),
        ])
        station.partitions[number].appendedMax = appended
        station.partitions[number].bytesTotal += Int64(body.count)
        written.append(
            (
                station.partitions[number].id,
                StoredChunk(first: chunk.first, records: chunk.records)
            ))
    }
}

extension EventRecords {
    /// Appends copies of the events in `range` of another batch.
    fileprivate mutating func take(_ other: EventRecords, _ range: Range<Int>) {
        // Events whose keys scatter them over partitions come one by one.
        guard range.count == 1 else { return append(other, range) }
        other.withRecord(range.lowerBound) { append($0, origins: other.origins) }
    }
}
