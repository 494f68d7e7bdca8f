import GRDB
import MoonrailCore

/// The windows of all stations that need one, with what the running transaction added to them.
struct DuplicateWindows: Sendable {
    /// How far a window reaches back: whichever is less.
    static let ids = 1_000_000
    static let age: Duration = .seconds(24 * 3_600)

    private var windows: [Int64: DuplicateWindow] = [:]
    private var added: [Int64: Int] = [:]

    /// The receipt of an event that the station's window knows; nil when it is new to it.
    ///
    /// The window must be there when the event has an id of its own (see `prepare`).
    func receipt(_ record: EventRecord, station: Int64) -> AppendReceipt? {
        guard record.hasGivenID, let entry = windows[station]?.find(idHash(record.idField)) else {
            return nil
        }
        return entry.content == contentHash(record.payload)
            ? .duplicate(partition: entry.partition, offset: entry.offset)
            : .conflict(partition: entry.partition, offset: entry.offset)
    }

    /// Which of a settlement's events emit an id that is known with another payload, or that the
    /// same request gives twice with different ones.
    ///
    /// - Parameter given: payload hashes of the ids that the request gave so far.
    func conflicts(
        in append: StationAppend, station: Int64, given: inout [EventID: UInt64]
    ) -> [Int] {
        var events: [Int] = []
        append.records.forEachRecord { index, record in
            guard record.hasGivenID, let id = record.id else { return }
            let content = contentHash(record.payload)
            let before = given.updateValue(content, forKey: id)
            var conflicts = before.map { $0 != content } ?? false
            if case .conflict = receipt(record, station: station) { conflicts = true }
            if conflicts {
                given[id] = before ?? content
                events.append(append.causes[index])
            }
        }
        return events
    }

    mutating func add(_ record: EventRecord, station: Int64, partition: UInt32, offset: UInt64) {
        windows[station]?.insert(
            .init(
                id: idHash(record.idField), content: contentHash(record.payload),
                partition: partition, offset: offset))
        added[station, default: 0] += 1
    }

    func count(station: Int64) -> Int { windows[station]?.count ?? 0 }

    mutating func remove(station: Int64) {
        windows[station] = nil
        added[station] = nil
    }

    /// The transaction is on disk.
    mutating func commit() {
        added.removeAll(keepingCapacity: true)
    }

    /// The transaction was not written.
    mutating func rollBack() {
        for (station, count) in added { windows[station]?.removeLatest(count) }
        commit()
    }

    /// Makes sure that the station has a window, rebuilt from the end of its log: on the first id
    /// that meets the station after a start.
    mutating func prepare(
        _ database: Database, station: StationState, now: EventTime
    ) throws {
        guard windows[station.id] == nil else { return }
        var window = DuplicateWindow(capacity: Self.ids)
        let oldest = now.microseconds - Self.age.microseconds
        var chunks: [(appended: Int64, partition: Int, first: Int64)] = []
        for (number, partition) in station.partitions.enumerated() {
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT appended_max, first_offset FROM chunk_\(partition.id)
                    WHERE ids_after > ? AND appended_max >= ?
                    ORDER BY first_offset
                    """, arguments: [station.idsTotal - Int64(Self.ids), oldest])
            while let row = try rows.next() { chunks.append((row[0], number, row[1])) }
        }
        // In the order of appending over all partitions, as the ids came in.
        chunks.sort {
            ($0.appended, $0.partition, $0.first) < ($1.appended, $1.partition, $1.first)
        }
        for chunk in chunks {
            let reader = ChunkReader(partition: station.partitions[chunk.partition].id)
            let records = try reader.chunk(database, first: chunk.first)
            records.forEachRecord { number, record in
                guard record.hasGivenID else { return }
                window.insert(
                    .init(
                        id: idHash(record.idField), content: contentHash(record.payload),
                        partition: UInt32(chunk.partition),
                        offset: UInt64(chunk.first) + UInt64(number)))
            }
        }
        windows[station.id] = window
    }
}

extension Duration {
    /// Whole microseconds; the rest is cut off.
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
