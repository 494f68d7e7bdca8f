import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Events whose payload says their own number.
private func numbered(_ range: Range<Int>) -> [Event] {
    range.map { Event("\($0)", key: "key \($0 % 7)") }
}

@Suite(.timeLimit(.minutes(5)))
struct HousekeepingTests {
    private func rows(_ directory: ScratchDirectory, _ table: String) throws -> Int {
        let file = try StoreFile(directory: directory.path)
        let count = try file.pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")
        }
        try file.pool.close()
        return try #require(count)
    }

    @Test func `a trickle of single events becomes a few full chunks, each with its index`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        for number in 0..<2_000 { try await engine.append(numbered(number..<number + 1), to: "a") }
        let before = try await engine.describe("a")
        let work = try await engine.tidy(.eager)
        #expect(work.segments == 3)
        #expect(work.mergedChunks == 3 * Bounds.batchEvents)
        #expect(try rows(directory, "chunk_1") == 3 + 2_000 - 3 * Bounds.batchEvents)
        #expect(try rows(directory, "segment_1") == 3)
        #expect(try await engine.describe("a") == before)
        #expect(try await engine.readAll("a").texts == (0..<2_000).map { "\($0)" })
        #expect(try await engine.tidy(.eager) == Housekeeping.Work(), "nothing is merged twice")
        await engine.close()
    }

    @Test func `full chunks get their index and are not written again`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        try await engine.append(numbered(0..<10 * Bounds.batchEvents), to: "a")
        let work = try await engine.tidy(.eager)
        #expect(work.mergedChunks == 0)
        #expect(work.segments == 9, "the last chunk stays as it is")
        let found = try await engine.readAll(key: "key 3", of: "a")
        #expect(found.texts == (0..<5_120).filter { $0 % 7 == 3 }.map { "\($0)" })
        await engine.close()
    }

    @Test func `what is young or at the end stays as it is`() async throws {
        let directory = try ScratchDirectory()
        let time = ManualTime()
        let engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        try await engine.open("a", settings: nil)
        for number in 0..<1_100 { try await engine.append(numbered(number..<number + 1), to: "a") }
        let rules = Housekeeping(hotChunks: 80, hotAge: .seconds(10))
        #expect(try await engine.tidy(rules) == Housekeeping.Work())
        time.set(EventTime(microseconds: time.now().microseconds + 11_000_000))
        // The second 512 would end among the last 80.
        #expect(try await engine.tidy(rules).segments == 1)
        await engine.close()
    }

    @Test func `a damaged chunk is reported once and keeps nobody else from being merged`()
        async throws
    {
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["a", "b"] { try await engine.open(name, settings: nil) }
        for number in 0..<1_100 {
            for name: StationName in ["a", "b"] {
                try await engine.append(numbered(number..<number + 1), to: name)
            }
        }
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        try await file.pool.write {
            try $0.execute(sql: "UPDATE chunk_1 SET body = zeroblob(40) WHERE first_offset = 5")
        }
        try file.pool.close()
        engine = try EmbeddedEngine(directory: directory.path)
        let (reports, continuation) = AsyncStream.makeStream(of: EngineError.self)
        await withTaskGroup(of: Void.self) { [engine] group in
            group.addTask {
                await engine.keepHouse(.eager) { continuation.yield($0) }
                continuation.finish()
            }
            try? await Task.sleep(for: .milliseconds(500))
            group.cancelAll()
        }
        var errors: [EngineError] = []
        for await report in reports { errors.append(report) }
        #expect(errors.count == 1)
        guard case .corrupt = errors.first else {
            Issue.record("\(errors)")
            return
        }
        #expect(try rows(directory, "segment_2") == 2)
        #expect(try rows(directory, "segment_1") == 0)
        #expect(try await engine.readAll("b").texts == (0..<1_100).map { "\($0)" })
        await engine.close()
    }

    @Test func `a damaged index is not believed, and damaged times are told`() async throws {
        let directory = try ScratchDirectory()
        let time = ManualTime()
        var engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        try await engine.open("a", settings: nil)
        for number in 0..<1_100 {
            time.set(EventTime(microseconds: Int64(number) * 1_000_000))
            try await engine.append(numbered(number..<number + 1), to: "a")
        }
        try await engine.tidy(.eager)
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        try await file.pool.write {
            try $0.execute(
                sql: """
                    UPDATE segment_1 SET keys = zeroblob(600), parts = zeroblob(44)
                    WHERE first_offset = 512
                    """)
        }
        try file.pool.close()
        engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        let found = try await engine.readAll(key: "key 3", of: "a")
        #expect(found.texts == (0..<1_100).filter { $0 % 7 == 3 }.map { "\($0)" })
        #expect(try await engine.readAll("a").count == 1_100)
        func seek(_ second: Int64) async throws -> UInt64 {
            try await engine.seek(
                "a", partition: 0, to: EventTime(microseconds: second * 1_000_000))
        }
        #expect(try await seek(500) == 500)
        let error = await #expect(throws: EngineError.self) { try await seek(600) }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await engine.close()
    }

    @Test func `readers see every event once and in order while chunks are merged and removed`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path, cacheBytes: 100_000)
        try await engine.open("a", settings: nil)
        try await engine.keep(Retention(events: 2_000), in: "a")
        let random = SeededGenerator.printed(for: "readers see every event once")
        let total = 6_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.keepHouse(.eager) { Issue.record("\($0)") } }
            for reader in 0..<3 {
                group.addTask {
                    var random = SeededGenerator(seed: random.seed &+ UInt64(reader))
                    var cursor = StationCursor(station: "a", partition: 0, offset: 0)
                    while !Task.isCancelled {
                        let isKeyed = reader == 2
                        let bounds = ReadBounds(events: random.number(1...600))
                        let read =
                            isKeyed
                            ? try await engine.read(
                                key: Array("key 3".utf8), from: cursor, bounds: bounds)
                            : try await engine.read(cursor, bounds: bounds)
                        #expect(read.texts == read.offsets.map { "\($0)" })
                        if let first = read.offsets.first, let last = read.offsets.last {
                            let step: UInt64 = isKeyed ? 7 : 1
                            #expect(UInt64(read.count - 1) * step == last - first)
                            cursor.offset = last + 1
                        }
                        if read.isEmpty || random.once(in: 20) {
                            cursor.offset = UInt64(random.number(0...total))
                            await Task.yield()
                        }
                    }
                }
            }
            for number in 0..<total {
                try await engine.append(numbered(number..<number + 1), to: "a")
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        let station = try await engine.describe("a")
        #expect(station.events >= 2_000)
        #expect(station.partitions[0].earliest > 0)
        #expect(try rows(directory, "segment_1") > 0)
        await engine.close()
    }

    @Test func `events that are removed as fast as they come keep their offsets`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: StationSettings(partitions: 2))
        try await engine.keep(Retention(age: .zero), in: "a")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await engine.keepHouse(.eager) { Issue.record("\($0)") } }
            for partition: UInt32 in 0..<2 {
                group.addTask {
                    for number in 0..<2_000 {
                        let receipts = try? await engine.append(
                            texts: ["\(number)"], to: "a", unkeyedPartition: partition)
                        let place = AppendReceipt.stored(
                            partition: partition, offset: UInt64(number))
                        #expect(receipts == [place])
                    }
                }
            }
            await group.next()
            await group.next()
            group.cancelAll()
        }
        try await engine.tidy(.eager)
        let station = try await engine.describe("a")
        #expect(station.partitions.map(\.next) == [2_000, 2_000])
        #expect(station.events == 0)
        await engine.close()
        let reopened = try EmbeddedEngine(directory: directory.path)
        #expect(try await reopened.describe("a").partitions == station.partitions)
        await reopened.close()
    }

    @Test func `a process that is killed while it merges and removes leaves a whole store`()
        async throws
    {
        let directory = try ScratchDirectory()
        let path = directory.path
        for round in 0..<6 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let engine = try EmbeddedEngine(directory: path + "/data")
                try await engine.open("a", settings: nil)
                try await engine.keep(Retention(events: 1_500), in: "a")
                let start = Int(try await engine.describe("a").partitions[0].next)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await engine.keepHouse(.eager) { _ in } }
                    group.addTask {
                        for number in start..<start + 1_000_000 {
                            _ = try? await engine.append([Event("\(number)", key: "k")], to: "a")
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(400))
                    kill(getpid(), SIGKILL)
                }
            }
            let survivor = try EmbeddedEngine(directory: path + "/data")
            let station = try await survivor.describe("a")
            let held = station.partitions[0].earliest..<station.partitions[0].next
            #expect(held.count >= 1_500 || held.lowerBound == 0, "round \(round)")
            let read = try await survivor.readAll("a")
            #expect(read.offsets == Array(held))
            #expect(read.texts == held.map { "\($0)" })
            #expect(try await survivor.readAll(key: "k", of: "a").offsets == Array(held))
            #expect(try await survivor.check().findings == [])
            await survivor.close()
        }
    }
}
