import Foundation
import GRDB
import MoonrailCore

/// The values of lanes at hand, as their logs tell them: made anew from these whenever it is gone.
final class LaneMirror: Sendable {
    private let database: any DatabaseWriter

    /// What the file is called.
    private static let file = "nats-values.sqlite"

    /// - Parameter directory: where it lies; nil: in memory.
    /// - Throws: `unavailable` when it can't be made.
    init(directory: String?) throws(EngineError) {
        do {
            var configuration = Configuration()
            configuration.label = "moonrail.values"
            configuration.prepareDatabase { database in
                // What a power cut takes is in the broker all the same.
                try database.execute(sql: "PRAGMA synchronous = OFF")
            }
            guard let directory else {
                database = try DatabaseQueue(configuration: configuration)
                try Self.prepare(database)
                return
            }
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            let path = directory + "/" + Self.file
            database = try Self.open(path, configuration)
        } catch {
            throw .unavailable("the file of lanes' values can't be used: \(error)")
        }
    }

    /// Opens the file of this boot of the machine: one that a power cut may have torn is left.
    private static func open(
        _ path: String, _ configuration: Configuration
    ) throws -> any DatabaseWriter {
        let boot =
            (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        let mark = path + ".boot"
        if (try? String(contentsOfFile: mark, encoding: .utf8)) != boot {
            for file in [path, path + "-wal", path + "-shm"] {
                try? FileManager.default.removeItem(atPath: file)
            }
        }
        let database = try DatabasePool(path: path, configuration: configuration)
        try prepare(database)
        try boot.write(toFile: mark, atomically: true, encoding: .utf8)
        return database
    }

    private static func prepare(_ database: any DatabaseWriter) throws {
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS lane (
                        id INTEGER PRIMARY KEY, function TEXT NOT NULL, partition INTEGER NOT NULL,
                        created INTEGER NOT NULL, sequence INTEGER NOT NULL,
                        UNIQUE (function, partition));
                    CREATE TABLE IF NOT EXISTS value (
                        lane INTEGER NOT NULL, space INTEGER NOT NULL, key BLOB NOT NULL,
                        value BLOB NOT NULL, PRIMARY KEY (lane, space, key)) WITHOUT ROWID;
                    """)
        }
    }

    /// The last message of the lane's log whose values it has; 0: none.
    ///
    /// - Parameter created: when the log was made: values of another one are forgotten.
    func sequence(of lane: LaneID, created: EventTime) async throws(EngineError) -> UInt64 {
        try await write { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT id, created, sequence FROM lane WHERE function = ? AND partition = ?",
                arguments: [lane.function.text, Int64(lane.partition)])
            if let row, row[1] == created.microseconds {
                return UInt64(clamping: row[2] as Int64)
            }
            if let row {
                try database.execute(
                    sql: "DELETE FROM value WHERE lane = ?", arguments: [row[0] as Int64])
                try database.execute(
                    sql: "UPDATE lane SET created = ?, sequence = 0 WHERE id = ?",
                    arguments: [created.microseconds, row[0] as Int64])
            } else {
                try database.execute(
                    sql: """
                        INSERT INTO lane (function, partition, created, sequence)
                        VALUES (?, ?, ?, 0)
                        """,
                    arguments: [lane.function.text, Int64(lane.partition), created.microseconds])
            }
            return 0
        }
    }

    /// Takes in what messages of the lane's log say of its values.
    ///
    /// - Parameters:
    ///   - before: the last message whose values it has; where it has others, nothing is done.
    ///   - sequence: of the last message.
    func apply(
        _ changes: [LaneValueRecords], of lane: LaneID, after before: UInt64,
        through sequence: UInt64
    ) async throws(EngineError) {
        try await write { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT id, sequence FROM lane WHERE function = ? AND partition = ?",
                    arguments: [lane.function.text, Int64(lane.partition)]),
                UInt64(clamping: row[1] as Int64) == before
            else { return }
            let id: Int64 = row[0]
            let put = try database.cachedStatement(
                sql: """
                    INSERT INTO value (lane, space, key, value) VALUES (?, ?, ?, ?)
                    ON CONFLICT (lane, space, key) DO UPDATE SET value = excluded.value
                    """)
            let remove = try database.cachedStatement(
                sql: "DELETE FROM value WHERE lane = ? AND space = ? AND key = ?")
            for records in changes {
                try records.forEach { record in
                    if let value = record.value {
                        try put.execute(arguments: [
                            id, Int64(record.space), Data(record.key), Data(value),
                        ])
                    } else {
                        try remove.execute(arguments: [
                            id, Int64(record.space), Data(record.key),
                        ])
                    }
                }
            }
            try database.execute(
                sql: "UPDATE lane SET sequence = ? WHERE id = ?",
                arguments: [Int64(sequence), id])
        }
    }

    /// Values of one space in the order of their keys, behind `key`.
    func values(
        of lane: LaneID, in space: LaneValueSpace, after key: [UInt8]?, limit: Int
    ) async throws(EngineError) -> [LaneValue] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT key, value FROM value
                    WHERE lane = (SELECT id FROM lane WHERE function = ? AND partition = ?)
                        AND space = ? AND (? IS NULL OR key > ?) ORDER BY key LIMIT ?
                    """,
                arguments: [
                    lane.function.text, Int64(lane.partition), Int64(space.rawValue),
                    key.map { Data($0) }, key.map { Data($0) }, limit,
                ]
            ).map { LaneValue(key: Array($0[0] as Data), value: Array($0[1] as Data)) }
        }
    }

    /// The value under each key.
    func values(
        of lane: LaneID, in space: LaneValueSpace, keys: [[UInt8]]
    ) async throws(EngineError) -> [[UInt8]?] {
        try await read { database in
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM lane WHERE function = ? AND partition = ?",
                arguments: [lane.function.text, Int64(lane.partition)])
            let statement = try database.cachedStatement(
                sql: "SELECT value FROM value WHERE lane = ? AND space = ? AND key = ?")
            return try keys.map { key in
                try Data.fetchOne(
                    statement, arguments: [id, Int64(space.rawValue), Data(key)]
                ).map { Array($0) }
            }
        }
    }

    // What was begun is done whether or not its caller is cancelled meanwhile.

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(EngineError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result {
                        var value: Value?
                        try database.inTransaction {
                            value = try body(database)
                            return .commit
                        }
                        return try value.unwrapped()
                    })
            }
        }
        return try Self.get(result)
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(EngineError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            database.asyncRead { database in
                continuation.resume(returning: Result { try body(database.get()) })
            }
        }
        return try Self.get(result)
    }

    private static func get<Value>(
        _ result: Result<Value, any Error>
    ) throws(EngineError) -> Value {
        do {
            return try result.get()
        } catch {
            throw .unavailable("the file of lanes' values can't be used: \(error)")
        }
    }
}

private struct NothingRead: Error {}

extension Optional {
    fileprivate func unwrapped() throws -> Wrapped {
        guard let self else { throw NothingRead() }
        return self
    }
}
