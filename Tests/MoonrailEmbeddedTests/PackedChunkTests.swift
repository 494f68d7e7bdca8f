import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct PackedChunkTests {
    /// Events like those of a fleet of sensors, which packing makes much smaller.
    private static func readings(
        _ random: inout SeededGenerator, count: Int
    ) -> [Event] {
        (0..<count).map { number in
            Event(
                """
                {"device":"dev-\(random.number(0...5_000))","temp_f":\(random.number(0...90)),\
                "site":{"name":"Quarry Crusher House West","zone":8},"status":"degraded"}
                """, key: "key \(number % 7)")
        }
    }

    /// Events of which nothing can be saved.
    private static func noise(_ random: inout SeededGenerator, count: Int) -> [Event] {
        (0..<count).map { _ in
            Event(
                key: random.bytes(8), time: EventTime(microseconds: 1), payload: random.bytes(200))
        }
    }

    private static func bodies(_ directory: ScratchDirectory) async throws -> [Data] {
        let file = try StoreFile(directory: directory.path)
        defer { try? file.pool.close() }
        return try await file.pool.read {
            try Data.fetchAll($0, sql: "SELECT body FROM chunk_1 ORDER BY first_offset")
        }
    }

    @Test func `what LZ4 packs comes back, and what does not fit is left as it is`() {
        var random = SeededGenerator.printed()
        let codec = LZ4Codec()
        for _ in 0..<500 {
            let isNoise = random.once(in: 3)
            let piece = random.bytes(random.number(1...40))
            let raw =
                isNoise
                ? random.bytes(random.number(1...3_000))
                : Array((0..<random.number(1...60)).map { _ in piece }.joined())
            var packed = [UInt8](repeating: 0, count: raw.count - raw.count / 8)
            guard !packed.isEmpty else { continue }
            let size = raw.withUnsafeBytes { raw in
                packed.withUnsafeMutableBytes { codec.pack(raw, into: $0) }
            }
            guard let size else { continue }
            #expect(size <= packed.count)
            var unpacked = [UInt8](repeating: 0, count: raw.count)
            let isWhole = packed.prefix(size).withUnsafeBytes { packed in
                unpacked.withUnsafeMutableBytes { codec.unpack(packed, into: $0) }
            }
            #expect(isWhole)
            #expect(unpacked == raw)
            for room in [raw.count - 1, raw.count + 1] where room > 0 {
                var other = [UInt8](repeating: 0, count: room)
                let fits = packed.prefix(size).withUnsafeBytes { packed in
                    other.withUnsafeMutableBytes { codec.unpack(packed, into: $0) }
                }
                #expect(!fits, "\(raw.count) bytes are not \(room)")
            }
        }
    }

    @Test func `unpacking whatever stands there writes nothing outside of its room`() {
        var random = SeededGenerator.printed()
        let guardBytes = [UInt8](repeating: 0xa5, count: 64)
        for _ in 0..<5_000 {
            let packed = random.bytes(random.number(0...300))
            let room = random.number(1...2_000)
            var memory = guardBytes + [UInt8](repeating: 0, count: room) + guardBytes
            _ = packed.withUnsafeBytes { packed in
                memory.withUnsafeMutableBytes { memory in
                    LZ4Codec().unpack(
                        packed,
                        into: UnsafeMutableRawBufferPointer(rebasing: memory[64..<64 + room]))
                }
            }
            #expect(memory.prefix(64).elementsEqual(guardBytes))
            #expect(memory.suffix(64).elementsEqual(guardBytes))
        }
    }

    @Test func `damage at any byte of a packed chunk is found`() throws {
        var random = SeededGenerator.printed()
        let records = EventRecords(Self.readings(&random, count: 60))
        let body = records.chunk(packedBy: LZ4Codec())
        #expect(body[0] == 3)
        for index in body.indices {
            var changed = body
            changed[index] ^= UInt8(random.number(1...255))
            #expect(throws: EventRecords.CorruptChunk.self, "byte \(index)") {
                try changed.withUnsafeBytes {
                    try EventRecords(chunk: $0, count: 60, codec: LZ4Codec())
                }
            }
        }
        for count in body.indices {
            #expect(throws: EventRecords.CorruptChunk.self, "\(count) bytes") {
                try body.prefix(count).withUnsafeBytes {
                    try EventRecords(chunk: $0, count: 60, codec: LZ4Codec())
                }
            }
        }
    }

    @Test func `events that repeat each other are stored in fewer bytes, noise as it is`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        var events: [Event] = []
        for number in 0..<20 {
            // Large ones become chunks of their own, small ones share theirs with others.
            let count = number < 10 ? 200 + number : number
            let batch =
                number % 2 == 0
                ? Self.readings(&random, count: count) : Self.noise(&random, count: count)
            try await engine.append(batch, to: "a")
            events += batch
        }
        #expect(try await engine.readAll("a").records.events == events)
        let size = try await engine.describe("a").bytes
        await engine.close()
        let bodies = try await Self.bodies(directory)
        #expect(Set(bodies.prefix(10).map { $0[0] }) == [2, 3])
        #expect(size == bodies.reduce(0) { $0 + UInt64($1.count) }, "bytes are those stored")
        for body in bodies where body[0] == 3 {
            let told = body.withUnsafeBytes {
                EventRecords.recordBytes(ofChunk: $0, stored: body.count)
            }
            #expect(told > body.count * 8 / 7)
        }
        engine = try EmbeddedEngine(directory: directory.path)
        #expect(try await engine.readAll("a").records.events == events)
        #expect(try await engine.check().findings == [])
        await engine.close()
    }

    @Test func `a store of the second format is read, upgraded and merged with packed chunks`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        var events: [Event] = []
        func append(_ chunks: Int) async throws {
            for _ in 0..<chunks {
                let batch = Self.readings(&random, count: random.number(1...40))
                try await engine.append(batch, to: "a")
                events += batch
            }
        }
        try await append(30)
        await engine.close()
        try Self.makeSecondFormat(directory)
        #expect(Set(try await Self.formats(directory)) == [2])
        engine = try EmbeddedEngine(directory: directory.path)
        #expect(try await engine.readAll("a").records.events == events)
        try await append(30)
        let keyed = events.filter { $0.key == Array("key 3".utf8) }
            .map { String(decoding: $0.payload, as: UTF8.self) }
        #expect(try await engine.readAll(key: "key 3", of: "a").texts == keyed)
        let work = try await engine.tidy(Housekeeping(hotChunks: 1, hotAge: .zero))
        #expect(work.mergedChunks > 0)
        #expect(try await engine.readAll("a").records.events == events)
        #expect(try await engine.readAll(key: "key 3", of: "a").texts == keyed)
        #expect(try await engine.check().findings == [])
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        let version = try await file.pool.read {
            try Int64.fetchOne($0, sql: "PRAGMA user_version")
        }
        #expect(version == StoreFile.format)
        try file.pool.close()
        engine = try EmbeddedEngine(directory: directory.path)
        #expect(try await engine.readAll("a").records.events == events)
        await engine.close()
    }

    @Test func `chunks are merged by what they hold, not by what packing leaves of it`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        let text = String(repeating: "x", count: 10_000)
        for _ in 0..<200 { try await engine.append(texts: [text], to: "a") }
        let work = try await engine.tidy(Housekeeping(hotChunks: 1, hotAge: .zero))
        #expect(work.segments > 0)
        // 26 events of 10,000 bytes fill a batch.
        #expect(work.mergedChunks <= work.segments * Bounds.batchBytes / 10_000)
        #expect(try await engine.readAll("a").texts == Array(repeating: text, count: 200))
        await engine.close()
    }

    private static func formats(_ directory: ScratchDirectory) async throws -> [UInt8] {
        let file = try DatabaseQueue(path: directory.path + "/store.sqlite")
        defer { try? file.close() }
        return try await file.read {
            try Data.fetchAll($0, sql: "SELECT body FROM chunk_1").map { $0[0] }
        }
    }

    /// Makes a store what a Moonrail before the third format would have left.
    private static func makeSecondFormat(_ directory: ScratchDirectory) throws {
        let file = try DatabaseQueue(path: directory.path + "/store.sqlite")
        try file.write { database in
            try database.execute(sql: "DROP TABLE value_log; PRAGMA user_version = 2")
            var bytes = 0
            for row in try Row.fetchAll(database, sql: "SELECT * FROM chunk_1") {
                let records = try (row["body"] as Data).withUnsafeBytes {
                    try EventRecords(chunk: $0, count: row["count"], codec: LZ4Codec())
                }
                let body = records.chunk(packedBy: Unpacked())
                try database.execute(
                    sql: "UPDATE chunk_1 SET body = ?, bytes_before = ? WHERE first_offset = ?",
                    arguments: [Data(body), bytes, row["first_offset"] as Int64])
                bytes += body.count
            }
        }
        try file.close()
    }
}
