import Foundation
import GRDB
import MoonrailCore

/// Values that lanes keep.
extension Transaction {
    /// Makes a settlement's changes: in the log where the table gets them later, else in the table.
    mutating func change(_ settlement: PreparedSettlement, _ lane: LaneState) throws {
        for change in settlement.settlement.changes where !change.space.isWrittenBehind {
            try change.key.withUnsafeBytes { key in
                let place = [lane.id, Int64(change.space.rawValue)]
                guard let value = change.value else { return try remove(place, key) }
                try value.withUnsafeBytes { try write($0, place, key) }
            }
        }
        guard let record = settlement.valueLog else { return }
        try database.cachedStatement(sql: "INSERT INTO value_log (lane, body) VALUES (?, ?)")
            .execute(arguments: [lane.id, Data(record.body)])
        changes.values.written.append(
            .init(row: database.lastInsertedRowID, lane: lane.id, record: record))
    }

    /// Rows of the log that a commit removes for each that it appends.
    private static let rowsRemoved = 2

    /// Brings the table closer to the log, as much as keeps pace with what the commit changes.
    mutating func writeBehind(_ recent: RecentValues.Work) throws {
        let known = recent.places.isEmpty ? [] : Set(lanes.values.map(\.id))
        for place in recent.places {
            try recent.table.withEntry(at: place) { entry in
                // Its function was removed since.
                guard known.contains(entry.lane) else { return }
                let place = [entry.lane, Int64(entry.record.space)]
                guard let value = entry.record.value else {
                    return try remove(place, entry.record.key)
                }
                try write(value, place, entry.record.key)
            }
        }
        changes.values.entriesWritten = recent.places.count
        guard let removable = recent.removable else { return }
        // What this commit has appended stays, so that no row gets the number of a removed one.
        let limit = Self.rowsRemoved * changes.values.written.count
        try database.cachedStatement(
            sql: """
                DELETE FROM value_log WHERE sequence IN (
                    SELECT sequence FROM value_log WHERE sequence <= ? ORDER BY sequence LIMIT ?)
                """
        ).execute(arguments: [removable, limit])
        changes.values.isLogTrimmed = database.changesCount < limit
    }

    /// - Parameter place: lane and space.
    private func write(
        _ value: UnsafeRawBufferPointer, _ place: [Int64], _ key: UnsafeRawBufferPointer
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO lane_value (lane, space, key, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (lane, space, key) DO UPDATE SET value = excluded.value
                """
        ).first(database, place, key, value) { _ in }
    }

    private func remove(_ place: [Int64], _ key: UnsafeRawBufferPointer) throws {
        try database.cachedStatement(
            sql: "DELETE FROM lane_value WHERE lane = ? AND space = ? AND key = ?"
        ).first(database, place, key) { _ in }
    }
}
