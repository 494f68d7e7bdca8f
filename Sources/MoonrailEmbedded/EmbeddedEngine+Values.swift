import Foundation
import GRDB
import MoonrailCore

/// Values that lanes keep: those that the table does not have yet are in memory.
extension EmbeddedEngine {
    package func values(
        of lane: LaneID, in space: LaneValueSpace, after key: [UInt8]?, limit: Int
    ) async throws(EngineError) -> [LaneValue] {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else { return [] }
        // Before the table is read: what leaves them meanwhile is found there.
        let recent =
            space.isWrittenBehind
            ? writer.recentValues.withLock { $0.entries(lane: id, space: space, after: key) } : []
        return try await reading("lane \(lane)") { database in
            var page = ValuePage(recent, limit: limit)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT key, value FROM lane_value
                    WHERE lane = ? AND space = ? AND (? IS NULL OR key > ?) ORDER BY key
                    """,
                arguments: [id, space.rawValue, key.map { Data($0) }, key.map { Data($0) }])
            while !page.isFull, let row = try rows.next() {
                try page.take(row.blob("key")) { try row.blob("value") }
            }
            page.finish()
            return page.values
        }
    }

    package func values(
        of lane: LaneID, in space: LaneValueSpace, keys: [[UInt8]]
    ) async throws(EngineError) -> [[UInt8]?] {
        guard let id = writer.withState({ $0.lanes[lane]?.id }) else {
            return keys.map { _ in nil }
        }
        var values = [[UInt8]?](repeating: nil, count: keys.count)
        var left = Array(keys.indices)
        if space.isWrittenBehind {
            left = writer.recentValues.withLock { recent in
                left.filter { number in
                    let key = keys[number]
                    guard let known = recent.entry(lane: id, space: space, key: key) else {
                        return true
                    }
                    values[number] = known.value
                    return false
                }
            }
        }
        if left.isEmpty { return values }
        let found = try await reading("lane \(lane)") { [left] database in
            let statement = try database.cachedStatement(
                sql: "SELECT value FROM lane_value WHERE lane = ? AND space = ? AND key = ?")
            return try left.map { number in
                try keys[number].withUnsafeBytes { key in
                    try statement.first(database, [id, Int64(space.rawValue)], key) {
                        try $0.blob(0)
                    }
                }
            }
        }
        for (number, value) in zip(left, found) { values[number] = value }
        return values
    }
}

/// A page of values in the order of their keys, from the table and from what lies over it. A pure
/// value.
struct ValuePage {
    private(set) var values: [LaneValue] = []
    private let recent: [RecentValues.Entry]
    private var next = 0
    private let limit: Int

    /// - Parameter recent: in the order of their keys.
    init(_ recent: [RecentValues.Entry], limit: Int) {
        self.recent = recent
        self.limit = limit
    }

    var isFull: Bool { values.count >= limit }

    /// Takes the table's next key, and all that comes before it.
    mutating func take(_ key: [UInt8], _ value: () throws -> [UInt8]) rethrows {
        while next < recent.count, !isFull {
            let own = recent[next]
            if key.lexicographicallyPrecedes(own.key) { break }
            next += 1
            add(own)
            // The table's value is an older one.
            if own.key == key { return }
        }
        if !isFull { values.append(LaneValue(key: key, value: try value())) }
    }

    /// Takes what comes behind all that the table has.
    mutating func finish() {
        while next < recent.count, !isFull {
            add(recent[next])
            next += 1
        }
    }

    private mutating func add(_ entry: RecentValues.Entry) {
        guard let value = entry.value else { return }
        values.append(LaneValue(key: entry.key, value: value))
    }
}
