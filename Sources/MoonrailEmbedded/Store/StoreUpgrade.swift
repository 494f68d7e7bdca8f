import GRDB
import MoonrailCore

/// Takes a store of an older format to the current one, in the transaction that opens it.
///
/// Format 3 packs the chunks that are written from then on, which an older Moonrail can't read; its
/// tables are those of format 2. Chunks that are there stay as they are. Format 4 has a log of
/// values, which is empty at first.
enum StoreUpgrade {
    /// - Parameter format: what the store has, 1 or higher.
    static func run(_ database: Database, from format: Int64) throws {
        if format < 2 { try toSecond(database) }
        try database.execute(sql: StoreFile.valueLog)
    }

    /// Format 2 has retention, windows and values of lanes, and numbers a station's ids over all of
    /// its partitions. Chunks stay as they are: those of the first format are read for ever. Rows
    /// of stations that were given ids are written anew.
    private static func toSecond(_ database: Database) throws {
        let reach = DuplicateReach()
        try database.execute(
            sql: """
                ALTER TABLE station ADD COLUMN retention_age INTEGER;
                ALTER TABLE station ADD COLUMN retention_bytes INTEGER;
                ALTER TABLE station ADD COLUMN retention_events INTEGER;
                ALTER TABLE station ADD COLUMN
                    duplicate_ids INTEGER NOT NULL DEFAULT \(reach.ids);
                ALTER TABLE station ADD COLUMN
                    duplicate_age INTEGER NOT NULL DEFAULT \(reach.age.microseconds);
                ALTER TABLE partition ADD COLUMN removed_next INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE partition ADD COLUMN
                    removed_appended_max INTEGER NOT NULL DEFAULT \(Int64.min);
                ALTER TABLE partition ADD COLUMN removed_ids INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE partition ADD COLUMN removed_bytes INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE lane ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE lane ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE lane ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE lane ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE lane_value (
                    lane INTEGER NOT NULL REFERENCES lane,
                    space INTEGER NOT NULL,
                    key BLOB NOT NULL,
                    value BLOB NOT NULL,
                    PRIMARY KEY (lane, space, key)
                ) WITHOUT ROWID;
                """)
        for station in try Row.fetchAll(database, sql: "SELECT id, name FROM station") {
            try numberIDs(
                database, of: station.natural("id"), StationName(station.text("name")))
        }
    }

    private struct Chunk {
        let partition: Int64
        let first: Int64
        let appended: Int64
        /// Ids given to its events.
        let ids: Int64
        /// What the row says so far.
        let idsBefore: Int64
    }

    /// Turns the ids that a partition had been given before each chunk into those that the station
    /// had been given with it.
    private static func numberIDs(
        _ database: Database, of station: Int64, _ name: StationName
    ) throws {
        let partitions = try Int64.fetchAll(
            database, sql: "SELECT id FROM partition WHERE station = ? ORDER BY number",
            arguments: [station])
        var chunks: [Chunk] = []
        for (number, partition) in partitions.enumerated() {
            chunks += try Self.chunks(database, of: partition, name, UInt32(number))
            try database.execute(
                sql: "ALTER TABLE chunk_\(partition) RENAME COLUMN ids_before TO ids_after")
            try StoreFile.createSegmentTable(database, partition: partition)
        }
        // The order in which they were written: partition by partition in each commit.
        chunks.sort {
            ($0.appended, $0.partition, $0.first) < ($1.appended, $1.partition, $1.first)
        }
        var idsAfter: Int64 = 0
        for chunk in chunks {
            idsAfter += chunk.ids
            guard chunk.idsBefore != idsAfter else { continue }
            try database.cachedStatement(
                sql: "UPDATE chunk_\(chunk.partition) SET ids_after = ? WHERE first_offset = ?"
            ).execute(arguments: [idsAfter, chunk.first])
        }
    }

    private static func chunks(
        _ database: Database, of partition: Int64, _ name: StationName, _ number: UInt32
    ) throws -> [Chunk] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT first_offset, count, appended_max, ids_before,
                    lead(ids_before) OVER (ORDER BY first_offset) AS ids_after
                FROM chunk_\(partition) ORDER BY first_offset
                """)
        var chunks: [Chunk] = []
        while let row = try rows.next() {
            let first = try row.natural("first_offset")
            let idsBefore = try row.natural("ids_before")
            // The last chunk's own ids must be counted. When it is damaged they can't be, and none
            // of its events may have more than one.
            let ids =
                try row.optionalNatural("ids_after").map { $0 - idsBefore }
                ?? givenIDs(database, of: partition, first, name, number) ?? row.natural("count")
            chunks.append(
                Chunk(
                    partition: partition, first: first, appended: try row.integer("appended_max"),
                    ids: ids,
                    idsBefore: idsBefore))
        }
        return chunks
    }

    private static func givenIDs(
        _ database: Database, of partition: Int64, _ first: Int64, _ name: StationName,
        _ number: UInt32
    ) throws -> Int64? {
        do {
            return Int64(
                try ChunkReader(partition: partition).chunk(
                    database, first: UInt64(first), of: name, partition: number
                ).givenIDs)
        } catch EngineError.corrupt {
            return nil
        }
    }
}
