import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct StoreFileTests {
    @Test func `the connection that writes waits for the disk at every commit`() throws {
        let directory = try ScratchDirectory()
        let file = try StoreFile(directory: directory.path)
        let (synchronous, journal) = try file.pool.writeWithoutTransaction { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        // https://www.sqlite.org/pragma.html#pragma_synchronous: FULL is 2.
        #expect(synchronous == 2)
        #expect(journal == "wal")
    }

    @Test func `a store of a newer format is refused and left as it is`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        await engine.close()
        let newer = StoreFile.format + 1
        let file = try StoreFile(directory: directory.path)
        try await file.pool.write { try $0.execute(sql: "PRAGMA user_version = \(newer)") }
        try file.pool.close()
        for _ in 0..<2 {
            let error = #expect(throws: EngineError.self) {
                try EmbeddedEngine(directory: directory.path)
            }
            #expect(
                error
                    == .unavailable(
                        "the store has format \(newer), which a newer Moonrail wrote; this one "
                            + "reads up to \(StoreFile.format)"))
        }
    }

    @Test func `a file that is no store is refused with what to do`() throws {
        let directory = try ScratchDirectory()
        let text = String(repeating: "this is no database\n", count: 1_000)
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path + "/store.sqlite"))
        let error = #expect(throws: EngineError.self) {
            try EmbeddedEngine(directory: directory.path)
        }
        #expect(
            error?.description
                == "can't open the store: file is not a database; the file is damaged: keep a copy "
                + "of it and restore a backup")
    }

    @Test func `many appends at once share chunks and so commits`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        let appends = 1_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<appends {
                group.addTask { try await engine.append(texts: ["\(number)"], to: "a") }
            }
            try await group.waitForAll()
        }
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        // Each commit makes one chunk of all that it appends to a partition.
        let chunks = try await file.pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM chunk_1")
        }
        #expect(try #require(chunks) < appends / 2)
        try file.pool.close()
    }
}
