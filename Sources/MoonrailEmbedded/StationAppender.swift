import Foundation
import GRDB
import MoonrailCore

/// Fills the chunks of one station's partitions during one transaction.
///
/// All callers of the transaction share its open chunks, so that many small appends become one
/// chunk and not many.
struct StationAppender {
    private(set) var station: StationState
    private var chunks: [OpenChunk?]
    private let now: EventTime

    private struct OpenChunk {
        let first: UInt64
        var records = EventRecords()
        let idsBefore: Int64

        var isFull: Bool {
            records.count >= Bounds.batchEvents || records.bytes.count >= Bounds.batchBytes
        }
    }

    init(_ station: StationState, now: EventTime) {
        self.station = station
        self.now = now
        chunks = Array(repeating: nil, count: station.partitions.count)
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
        _ record: EventRecord, origins: [Origin], partition: UInt32, _ database: Database
    ) throws -> UInt64 {
        let number = Int(partition)
        if chunks[number]?.isFull == true { try write(number, database) }
        let offset = station.partitions[number].next
        if chunks[number] == nil {
            chunks[number] = OpenChunk(
                first: offset, idsBefore: station.partitions[number].idsTotal)
        }
        chunks[number]?.records.append(record, origins: origins)
        station.partitions[number].next = offset + 1
        if record.hasGivenID { station.partitions[number].idsTotal += 1 }
        return offset
    }

    /// Writes what is open.
    mutating func finish(_ database: Database) throws {
        for number in chunks.indices { try write(number, database) }
    }

    mutating func setWindowIDs(_ count: Int) {
        station.windowIDs = count
    }

    private mutating func write(_ number: Int, _ database: Database) throws {
        guard let chunk = chunks[number] else { return }
        chunks[number] = nil
        let body = chunk.records.chunk
        // A clock that steps back must not make a partition's times decrease.
        let appended = max(now.microseconds, station.partitions[number].appendedMax)
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO chunk_\(station.partitions[number].id)
                    (first_offset, count, appended_max, ids_before, bytes_before, body)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            Int64(chunk.first), chunk.records.count, appended, chunk.idsBefore,
            station.partitions[number].bytesTotal, Data(body),
        ])
        station.partitions[number].appendedMax = appended
        station.partitions[number].bytesTotal += Int64(body.count)
    }
}
