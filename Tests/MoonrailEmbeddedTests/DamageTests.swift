import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Stores whose chunks were altered behind the engine's back.
struct DamageTests {
    /// Alters stored bytes of a store that nobody has open.
    private static func alter(_ directory: ScratchDirectory, _ sql: String) throws {
        let file = try StoreFile(directory: directory.path)
        try file.pool.write { try $0.execute(sql: sql) }
        try file.pool.close()
    }

    private static func corrupt(_ error: EngineError?) -> String? {
        if case .corrupt(let message) = error { message } else { nil }
    }

    @Test func `a chunk that was damaged is told, and stops nobody else`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["a", "b"] { try await engine.open(name, settings: nil) }
        for number in 0..<3 { try await engine.append([Event("x", id: "\(number)")], to: "a") }
        await engine.close()
        try Self.alter(
            directory, "UPDATE chunk_1 SET body = zeroblob(40) WHERE first_offset = 1")

        let reopened = try EmbeddedEngine(directory: directory.path)
        func read(from offset: UInt64, events: Int) async throws -> [String] {
            try await reopened.read(
                StationCursor(station: "a", partition: 0, offset: offset),
                bounds: ReadBounds(events: events)
            ).texts
        }
        // What stands before the damage is served; the next read meets it.
        #expect(try await read(from: 0, events: 3) == ["x"])
        #expect(try await read(from: 2, events: 1) == ["x"])
        let error = await #expect(throws: EngineError.self) { try await read(from: 1, events: 1) }
        #expect(
            error
                == .corrupt(
                    "station 'a', partition 0: the chunk of offsets 1 to 1 is damaged: its format "
                        + "is 0, not 1 to 3; keep a copy of it and restore a backup"))
        // The window of ids can't be known, so that an id may not be taken for new.
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let error = await #expect(throws: EngineError.self) {
                    try await reopened.append([Event("x", id: "1")], to: "a")
                }
                #expect(Self.corrupt(error)?.contains("offsets 1 to 1") == true)
            }
            group.addTask {
                await #expect(throws: Never.self) {
                    for _ in 0..<20 { try await reopened.append(texts: ["y"], to: "b") }
                }
            }
        }
        #expect(try await reopened.append(texts: ["z"], to: "a").map(\.isStored) == [true])
        await reopened.close()
    }

    @Test func `a byte that changed anywhere in a chunk is found, and nothing of it is served`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: StationSettings(partitions: 2))
        try await engine.append((0..<5).map { Event("before \($0)") }, to: "a", unkeyedPartition: 1)
        try await engine.append((0..<7).map { Event("text \($0)") }, to: "a", unkeyedPartition: 1)
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        let body = try await file.pool.read {
            try Data.fetchOne($0, sql: "SELECT body FROM chunk_2 WHERE first_offset = 5")
        }
        let whole = try #require(body)
        try file.pool.close()
        for _ in 0..<40 {
            var changed = whole
            changed[random.number(0...whole.count - 1)] ^= UInt8(random.number(1...255))
            let file = try StoreFile(directory: directory.path)
            try await file.pool.write { [changed] in
                try $0.execute(
                    sql: "UPDATE chunk_2 SET body = ? WHERE first_offset = 5",
                    arguments: [changed])
            }
            try file.pool.close()
            // It is the last chunk of its partition: the store opens all the same.
            let reopened = try EmbeddedEngine(directory: directory.path)
            for offset: UInt64 in 5...11 {
                let error = await #expect(throws: EngineError.self) {
                    try await reopened.read(
                        StationCursor(station: "a", partition: 1, offset: offset),
                        bounds: ReadBounds(events: random.number(1...9)))
                }
                #expect(
                    Self.corrupt(error)?.hasPrefix(
                        "station 'a', partition 1: the chunk of offsets 5 to 11 is damaged: its ")
                        == true)
            }
            #expect(
                try await reopened.read(
                    StationCursor(station: "a", partition: 1, offset: 2), bounds: ReadBounds()
                ).texts == ["before 2", "before 3", "before 4"])
            await reopened.close()
        }
    }

    @Test func `a damaged last chunk keeps neither the store nor its partition from going on`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        for number in 0..<3 { try await engine.append([Event("x", id: "\(number)")], to: "a") }
        await engine.close()
        try Self.alter(directory, "UPDATE chunk_1 SET body = x'00' WHERE first_offset = 2")
        let reopened = try EmbeddedEngine(directory: directory.path)
        #expect(
            try await reopened.append(texts: ["y"], to: "a")
                == [.stored(partition: 0, offset: 3)])
        let error = await #expect(throws: EngineError.self) {
            try await reopened.append(
                StationAppend(
                    station: "a", records: EventRecords([Event("z", key: "k")]),
                    expectation: .lastOfKey(Array("k".utf8), offset: nil)))
        }
        #expect(Self.corrupt(error)?.contains("offsets 2 to 2") == true)
        #expect(try await reopened.describe("a").events == 4)
        await reopened.close()
    }

    @Test func `a partition that retention emptied goes on where it was`() async throws {
        let directory = try ScratchDirectory()
        let time = ManualTime()
        let engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        try await engine.open("a", settings: StationSettings(partitions: 2))
        for number in 0..<6 {
            try await engine.append(
                [Event("x", id: "\(number)")], to: "a", unkeyedPartition: UInt32(number % 2))
        }
        await engine.close()
        // As retention leaves it when all of the second partition is gone, and with it whatever
        // came before its last event.
        let file = try StoreFile(directory: directory.path)
        try await file.pool.write { database in
            try database.execute(
                sql: """
                    UPDATE partition SET
                        removed_next = 3,
                        removed_appended_max = (SELECT max(appended_max) FROM chunk_2),
                        removed_ids = (SELECT max(ids_after) FROM chunk_2),
                        removed_bytes = (SELECT sum(length(body)) FROM chunk_2)
                    WHERE number = 1;
                    DELETE FROM chunk_2;
                    """)
        }
        try file.pool.close()
        // A clock that was set back: times go on all the same.
        time.set(EventTime(microseconds: 5))
        let reopened = try EmbeddedEngine(directory: directory.path, now: time.now)
        let summary = try await reopened.describe("a")
        #expect(
            summary.partitions[1] == PartitionSummary(earliest: 3, next: 3, events: 0, bytes: 0))
        #expect(summary.window == WindowSummary())
        #expect(
            try await reopened.append([Event("y", id: "y")], to: "a", unkeyedPartition: 1)
                == [.stored(partition: 1, offset: 3)])
        #expect(try await reopened.describe("a").window.ids == 1)
        #expect(
            try await reopened.append([Event("x", id: "4"), Event("z", id: "y")], to: "a")
                .map(\.kind) == ["stored", "conflict"])
        await reopened.close()
        let again = try EmbeddedEngine(directory: directory.path, now: time.now)
        #expect(
            try await again.append([Event("x", id: "4"), Event("z", id: "y")], to: "a")
                .map(\.kind) == ["duplicate", "conflict"])
        #expect(try await again.readAll("a", partition: 1).offsets == [3])
        await again.close()
    }

    @Test func `a key whose events are all removed has no last offset`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        for key in ["old", "old", "new"] {
            try await engine.append([Event("x", key: key)], to: "a")
        }
        await engine.close()
        try Self.alter(
            directory,
            """
            DELETE FROM chunk_1 WHERE first_offset < 2;
            UPDATE partition SET removed_next = 2
            """)
        let reopened = try EmbeddedEngine(directory: directory.path)
        func append(_ key: String, after offset: UInt64?) async throws -> AppendReceipt {
            try await reopened.append(
                StationAppend(
                    station: "a", records: EventRecords([Event("y", key: key)]),
                    expectation: .lastOfKey(Array(key.utf8), offset: offset)))[0]
        }
        #expect(try await append("old", after: 1) == .unexpected(partition: 0, actual: nil))
        #expect(try await append("old", after: nil) == .stored(partition: 0, offset: 3))
        #expect(try await append("new", after: nil) == .unexpected(partition: 0, actual: 2))
        await reopened.close()
    }
}
