import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport

/// Writes what an engine stored as the first format of stores would have held it.
enum FirstFormatStore {
    static let schema = """
        CREATE TABLE station (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            created INTEGER NOT NULL
        );
        CREATE TABLE partition (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            station INTEGER NOT NULL REFERENCES station,
            number INTEGER NOT NULL,
            UNIQUE (station, number)
        );
        CREATE TABLE lane (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            function TEXT NOT NULL,
            partition INTEGER NOT NULL,
            generation INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            sequence INTEGER NOT NULL DEFAULT 0,
            processed INTEGER NOT NULL DEFAULT 0,
            emitted INTEGER NOT NULL DEFAULT 0,
            dropped INTEGER NOT NULL DEFAULT 0,
            dead_letters INTEGER NOT NULL DEFAULT 0,
            UNIQUE (function, partition)
        );
        CREATE TABLE lane_position (
            lane INTEGER NOT NULL REFERENCES lane,
            station TEXT NOT NULL,
            next INTEGER NOT NULL,
            PRIMARY KEY (lane, station)
        ) WITHOUT ROWID;
        CREATE TABLE journal (
            lane INTEGER NOT NULL REFERENCES lane,
            sequence INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (lane, sequence)
        ) WITHOUT ROWID;
        """

    /// Copies the store in `directory`, which nobody has open, to a directory of its own.
    static func copy(of directory: ScratchDirectory) throws -> ScratchDirectory {
        let copy = try ScratchDirectory()
        let new = try DatabaseQueue(path: directory.path + "/store.sqlite")
        let old = try DatabaseQueue(path: copy.path + "/store.sqlite")
        try new.read { new in
            try old.write { old in
                try old.execute(sql: schema)
                try old.execute(sql: "PRAGMA user_version = 1")
                for (table, columns) in [
                    ("station", "id, name, created"), ("partition", "id, station, number"),
                    (
                        "lane",
                        "id, function, partition, generation, fence, sequence, processed, emitted, "
                            + "dropped, dead_letters"
                    ),
                    ("lane_position", "lane, station, next"),
                ] {
                    try copyRows(new, old, table, columns)
                }
                for row in try Row.fetchAll(new, sql: "SELECT * FROM journal") {
                    // Format 1 of a journal's record ended before the fates of dead letters, of
                    // which there are none, and the times.
                    let record = [1] + (row["record"] as Data).dropFirst().dropLast(4 + 1 + 16)
                    try old.execute(
                        sql: "INSERT INTO journal VALUES (?, ?, ?)",
                        arguments: [
                            row["lane"] as Int64, row["sequence"] as Int64, Data(record),
                        ])
                }
                for partition in try Int64.fetchAll(new, sql: "SELECT id FROM partition") {
                    try copyChunks(new, old, partition)
                }
            }
        }
        try new.close()
        try old.close()
        return copy
    }

    private static func copyRows(
        _ new: Database, _ old: Database, _ table: String, _ columns: String
    ) throws {
        for row in try Row.fetchAll(new, sql: "SELECT \(columns) FROM \(table)") {
            let places = row.map { _ in "?" }.joined(separator: ", ")
            try old.execute(
                sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places))",
                arguments: StatementArguments(row.databaseValues))
        }
    }

    private static func copyChunks(_ new: Database, _ old: Database, _ partition: Int64) throws {
        try old.execute(
            sql: """
                CREATE TABLE chunk_\(partition) (
                    first_offset INTEGER PRIMARY KEY,
                    count INTEGER NOT NULL,
                    appended_max INTEGER NOT NULL,
                    ids_before INTEGER NOT NULL,
                    bytes_before INTEGER NOT NULL,
                    body BLOB NOT NULL
                )
                """)
        var idsBefore = 0
        var bytesBefore = 0
        for row in try Row.fetchAll(
            new, sql: "SELECT * FROM chunk_\(partition) ORDER BY first_offset")
        {
            let records = try (row["body"] as Data).withUnsafeBytes {
                try EventRecords(chunk: $0, count: row["count"], codec: LZ4Codec())
            }
            let body = records.chunk(packedBy: Unpacked())
            try old.execute(
                sql: "INSERT INTO chunk_\(partition) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    row["first_offset"] as Int64, row["count"] as Int, row["appended_max"] as Int64,
                    idsBefore, bytesBefore,
                    // Format 1 of a chunk had zero in the checksum's place.
                    Data([1, 0] + body[2..<4] + [0, 0, 0, 0] + body[8...]),
                ])
            bytesBefore += body.count
            idsBefore += records.events.count { $0.id.map { !$0.isDerived } ?? false }
        }
    }
}
