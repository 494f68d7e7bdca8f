import Foundation
import GRDB
import MoonrailCore

/// Fills the chunks of one station's partitions during one transaction.
///
/// All callers of the transaction share its open chunks, so that many small appends become one
/// chunk and not many.
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

        var isFull: Bool {
            records.count >= Bounds.batchEvents || records.bytes.count >= Bounds.batchBytes
        }
    }

    init(_ station: StationState, now: EventTime) {
        self.station = station
        self.now = now
        chunks = Array(repeating: [], count: station.partitions.count)
    }

    /// The partition that `record` belongs to.
    func partition(of record: EventRecord, unkeyed: UInt32) -> UInt32 {
        let count = UInt32(station.partitions.count)
        guard let key = record.key else { return unkeyed % count }
        return Partitioner.partition(ofKey: key, partitions: count)
    }

    /// Puts one event at the end of its partition.
    ///
    /// - Parameter origins: the table that the record's origin index points into.
    /// - Returns: its offset.
    mutating func append(
        _ record: EventRecord, origins: [Origin], partition: UInt32
    ) -> UInt64 {
        let number = Int(partition)
        let offset = station.partitions[number].next
        if chunks[number].last?.isFull ?? true { chunks[number].append(OpenChunk(first: offset)) }
        chunks[number][chunks[number].count - 1].records.append(record, origins: origins)
        station.partitions[number].next = offset + 1
        if record.hasGivenID { station.idsTotal += 1 }
        return offset
    }

    /// Writes what there is, when the number of ids that the commit brings is known.
    mutating func finish(_ database: Database) throws {
        for number in chunks.indices {
            for chunk in chunks[number] { try write(chunk, number, database) }
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
        }
    }

    mutating func setWindow(_ window: WindowSummary) {
        station.window = window
    }

    private mutating func write(
        _ chunk: OpenChunk, _ number: Int, _ database: Database
    ) throws {
        let body = chunk.records.chunk
        // A clock that steps back must not make a partition's times decrease.
        let appended = max(now.microseconds, station.partitions[number].appendedMax)
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
