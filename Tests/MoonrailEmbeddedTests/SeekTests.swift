import GRDB
import GRDBSQLite
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Looking for the place of a time.
@Suite(.timeLimit(.minutes(5)))
struct SeekTests {
    private static let station: StationName = "a"
    private static let start: Int64 = 1_600_000_000_000_000

    /// A store of merged chunks, one full chunk a second.
    private static func store(
        chunks: Int, keyed: Bool = false
    ) async throws -> ScratchDirectory {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        let time = ManualTime()
        let engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        try await engine.open(station, settings: nil)
        for number in 0..<chunks {
            time.set(EventTime(microseconds: start + Int64(number) * 1_000_000))
            try await engine.append(
                (0..<Bounds.batchEvents).map { _ in
                    let key = keyed ? "key \(random.number(0...999))" : nil
                    return Event("\(random.number(0...999_999))", key: key)
                }, to: station)
        }
        try await engine.tidy(.eager)
        await engine.close()
        return directory
    }

    private static func second(_ number: Int) -> EventTime {
        EventTime(microseconds: start + Int64(number) * 1_000_000)
    }

    /// The pages that a new connection reads while it looks up each of the rows, far from the one
    /// before.
    private static func pagesRead(_ directory: ScratchDirectory, rows: Int) throws -> Int {
        let file = try StoreFile(directory: directory.path)
        defer { try? file.pool.close() }
        return try file.pool.read { database in
            var lookUps = try RowLookUps(database, 1, .appended)
            for number in 0..<rows {
                let place = UInt64(number * 617 % rows * Bounds.batchEvents)
                let row = try #require(try lookUps.row(holding: place + 5))
                #expect(row.first == place)
                #expect(row.count == UInt64(Bounds.batchEvents))
                let late = row.total - start - Int64(number * 617 % rows) * 1_000_000
                #expect((0..<1_000).contains(late), "the clock moves when it is read")
            }
            var (misses, highest): (CInt, CInt) = (0, 0)
            sqlite3_db_status(
                database.sqliteConnection, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, 0)
            return Int(misses)
        }
    }

    @Test func `a search reads the rows of two hundred merged chunks from one page`() async throws {
        let rows = 600
        let directory = try await Self.store(chunks: rows + 1)
        let pages = try Self.pagesRead(directory, rows: rows)
        print("\(pages) pages for \(rows) rows")
        #expect(pages <= 20)
    }

    @Test func `where keys make those rows large, a search reads the chunks' own`() async throws {
        let rows = 100
        let directory = try await Self.store(chunks: rows + 1, keyed: true)
        #expect(try Self.pagesRead(directory, rows: rows) > rows / 2)
    }

    @Test func `a search goes on from what was merged to what was not`() async throws {
        let directory = try await Self.store(chunks: 20)
        let time = ManualTime()
        let engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        for number in 20..<40 {
            time.set(Self.second(number))
            try await engine.append([Event("late")], to: Self.station)
        }
        for number in 0..<40 {
            let found = try await engine.seek(
                Self.station, partition: 0, to: Self.second(number))
            let merged = number * Bounds.batchEvents
            #expect(
                found == UInt64(number <= 20 ? merged : 20 * Bounds.batchEvents + number - 20))
        }
        await engine.close()
    }

    @Test func `what was looked for is at hand for whoever reads it next`() async throws {
        let directory = try await Self.store(chunks: 20)
        let engine = try EmbeddedEngine(directory: directory.path)
        let found = try await engine.seek(Self.station, partition: 0, to: Self.second(7))
        try Self.damage(directory)
        func read(_ offset: UInt64) async throws(EngineError) -> Int {
            try await engine.read(
                StationCursor(station: Self.station, partition: 0, offset: offset),
                bounds: ReadBounds(events: 10)
            ).count
        }
        #expect(try await read(found) == 10)
        await #expect(throws: EngineError.self) { try await read(found - 1) }
        await engine.close()
    }

    @Test func `a place is found although what stands there is damaged`() async throws {
        let directory = try await Self.store(chunks: 20)
        try Self.damage(directory)
        let engine = try EmbeddedEngine(directory: directory.path)
        let found = try await engine.seek(Self.station, partition: 0, to: Self.second(7))
        #expect(found == UInt64(7 * Bounds.batchEvents))
        await engine.close()
    }

    /// Damages the bodies of all chunks but the last.
    private static func damage(_ directory: ScratchDirectory) throws {
        try DatabaseQueue(path: directory.path + "/store.sqlite").write { database in
            try database.execute(
                sql: """
                    UPDATE chunk_1 SET body = zeroblob(40)
                    WHERE first_offset < (SELECT max(first_offset) FROM chunk_1)
                    """)
        }
    }
}
