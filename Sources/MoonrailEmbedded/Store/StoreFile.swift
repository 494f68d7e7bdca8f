import Foundation
import GRDB
import GRDBSQLite
import MoonrailCore

/// The SQLite file with its settings and tables.
///
/// Format 4. `station` and `partition` name what there is; each partition's events are in a table
/// `chunk_<partition id>` of packed chunks (`docs/formats.md`), and what is known besides of those
/// that were merged in `segment_<partition id>`; `lane`, `lane_position`, `lane_value`,
/// `value_log` and `journal` hold what settlements say. A chunk's row carries running totals, so
/// that size and window bounds are known from a partition's first and last row; what retention
/// removed of a partition stands in its own row.
package struct StoreFile: Sendable {
    package static let format: Int64 = 4

    package let pool: DatabasePool
    /// Of the connection that writes.
    let log = WriteAheadLog()

    /// Opens the store in `directory`, creating it when there is none.
    /// - Throws: `unavailable`, also for a store of a newer format.
    package init(directory: String) throws(EngineError) {
        let path = Self.path(in: directory)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            let (pool, log) = (pool, log)
            try pool.writeWithoutTransaction { database in
                // A file that can't be opened for writing SQLite opens for reading alone, and says
                // nothing: nobody could write until the next start.
                guard sqlite3_db_readonly(database.sqliteConnection, "main") == 0 else {
                    throw DatabaseError(resultCode: .SQLITE_READONLY)
                }
                log.watch(database)
                // GRDB sets NORMAL for WAL, which would lose acknowledged events with the power.
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            try pool.write(Self.prepare)
            // Each time, since the opening that made it may have failed just here.
            try DurableFiles.sync(directory: directory)
        } catch {
            throw EngineError(error, "open")
        }
    }

    /// A connection that only reads, beside those of the owner.
    static func reader(_ path: String) throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// A connection to a file that nobody changes: it makes no log and no shared memory beside it.
    static func immutableReader(_ path: String) throws -> DatabaseQueue {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "?#%;")
        let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return try reader("file:\(escaped)?immutable=1")
    }

    static func path(in directory: String) -> String { directory + "/store.sqlite" }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "moonrail.store"
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            for pragma in [
                // Chunks are large: bigger pages mean fewer of them to frame and checksum.
                "page_size = 8192",
                // In KiB: the writer's holds the largest group, packed or not. Readers go through
                // chunks once and keep little.
                "cache_size = \(database.configuration.readonly ? -1_024 : -4_096)",
                "mmap_size = 0",
                "secure_delete = OFF",
                "temp_store = MEMORY",
                // The writer does that (WriteAheadLog).
                "wal_autocheckpoint = 0",
                // Damage is told when a page is read, before anything is made of it.
                "cell_size_check = ON",
                "journal_size_limit = 67108864",
            ] {
                try database.execute(sql: "PRAGMA " + pragma)
            }
        }
        return configuration
    }

    private static func prepare(_ database: Database) throws {
        let found = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try refuseNewer(found)
        if found == format { return }
        if found == 0 {
            try database.execute(sql: schema)
        } else {
            try StoreUpgrade.run(database, from: found)
        }
        try database.execute(sql: "PRAGMA user_version = \(format)")
    }

    /// - Throws: `unavailable` when `found` is a format of a newer Moonrail.
    static func refuseNewer(_ found: Int64) throws(EngineError) {
        guard found <= format else {
            throw .unavailable(
                "the store has format \(found), which a newer Moonrail wrote; this one reads "
                    + "up to \(format)")
        }
    }

    private static let schema = """
        CREATE TABLE station (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            created INTEGER NOT NULL,
            -- Microseconds, bytes, events; NULL is no bound.
            retention_age INTEGER,
            retention_bytes INTEGER,
            retention_events INTEGER,
            -- Ids, and microseconds.
            duplicate_ids INTEGER NOT NULL,
            duplicate_age INTEGER NOT NULL
        );
        CREATE TABLE partition (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            station INTEGER NOT NULL REFERENCES station,
            number INTEGER NOT NULL,
            -- As the last chunk that retention removed left them, in case it was the last of all.
            removed_next INTEGER NOT NULL DEFAULT 0,
            removed_appended_max INTEGER NOT NULL DEFAULT \(Int64.min),
            removed_ids INTEGER NOT NULL DEFAULT 0,
            removed_bytes INTEGER NOT NULL DEFAULT 0,
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
            parked INTEGER NOT NULL DEFAULT 0,
            resent INTEGER NOT NULL DEFAULT 0,
            skipped INTEGER NOT NULL DEFAULT 0,
            missed INTEGER NOT NULL DEFAULT 0,
            UNIQUE (function, partition)
        );
        CREATE TABLE lane_position (
            lane INTEGER NOT NULL REFERENCES lane,
            station TEXT NOT NULL,
            next INTEGER NOT NULL,
            PRIMARY KEY (lane, station)
        ) WITHOUT ROWID;
        CREATE TABLE lane_value (
            lane INTEGER NOT NULL REFERENCES lane,
            space INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (lane, space, key)
        ) WITHOUT ROWID;
        CREATE TABLE journal (
            lane INTEGER NOT NULL REFERENCES lane,
            sequence INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (lane, sequence)
        ) WITHOUT ROWID;
        """ + valueLog

    /// Changes of values that `lane_value` gets later.
    static let valueLog = """
        CREATE TABLE value_log (
            sequence INTEGER PRIMARY KEY,
            lane INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        """

    /// The tables of a new partition.
    ///
    /// `ids_after` is how many ids its station's events had been given with this chunk, over all
    /// partitions; a commit numbers its ids partition by partition. `bytes_before` are the bytes of
    /// the partition's chunks before it, as they were appended. `appended_max` never decreases
    /// along a station's ids. A row in `segment_` belongs to the chunk that starts there.
    static func createTables(_ database: Database, partition: Int64) throws {
        try database.execute(
            sql: """
                CREATE TABLE chunk_\(partition) (
                    first_offset INTEGER PRIMARY KEY,
                    count INTEGER NOT NULL,
                    appended_max INTEGER NOT NULL,
                    ids_after INTEGER NOT NULL,
                    bytes_before INTEGER NOT NULL,
                    body BLOB NOT NULL
                )
                """)
        try createSegmentTable(database, partition: partition)
    }

    static func createSegmentTable(_ database: Database, partition: Int64) throws {
        try database.execute(
            sql: """
                CREATE TABLE segment_\(partition) (
                    first_offset INTEGER PRIMARY KEY,
                    parts BLOB NOT NULL,
                    keys BLOB NOT NULL
                )
                """)
    }

    /// Drops what `createTables` made.
    static func dropTables(_ database: Database, partition: Int64) throws {
        for table in ["chunk", "segment"] {
            try database.execute(sql: "DROP TABLE \(table)_\(partition)")
        }
    }
}
