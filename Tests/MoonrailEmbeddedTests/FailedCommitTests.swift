import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// A store that refuses certain rows while a test says so, as a full disk would.
private struct FailingStore {
    let directory: ScratchDirectory
    let engine: EmbeddedEngine
    private let file: StoreFile

    init() async throws {
        directory = try ScratchDirectory()
        engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["a", "b"] { try await engine.open(name, settings: nil) }
        file = try StoreFile(directory: directory.path)
    }

    /// Runs `body` while every `event` of `table`, such as an insert, fails.
    func refusing(
        _ event: String, _ table: String, _ body: () async throws -> Void
    ) async throws {
        try await file.pool.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER refusal BEFORE \(event) ON \(table)
                    BEGIN SELECT RAISE(ABORT, 'no room'); END
                    """)
        }
        try await body()
        try await file.pool.write { try $0.execute(sql: "DROP TRIGGER refusal") }
    }

    /// The store as it is after its owner was gone for a moment.
    func reopened() async throws -> EmbeddedEngine {
        try file.pool.close()
        await engine.close()
        return try EmbeddedEngine(directory: directory.path)
    }
}

struct FailedCommitTests {
    private static let refused = EngineError.unavailable("can't write the store: no room")

    private func error(_ body: () async throws(EngineError) -> Void) async -> EngineError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `an append that can't be written leaves nothing behind, not even its ids`()
        async throws
    {
        let store = try await FailingStore()
        let engine = store.engine
        try await engine.append([Event("0", id: "0")], to: "a")
        try await store.refusing("INSERT", "chunk_1") { () async throws in
            let failure = await error { () async throws(EngineError) in
                try await engine.append([Event("1", id: "1"), Event("2")], to: "a")
            }
            #expect(failure == Self.refused)
            #expect(try await engine.describe("a").events == 1)
            #expect(try await engine.readAll("a").texts == ["0"])
            try await engine.append(texts: ["x"], to: "b")
        }
        let receipts = try await engine.append([Event("1", id: "1"), Event("0", id: "0")], to: "a")
        #expect(
            receipts == [
                .stored(partition: 0, offset: 1), .duplicate(partition: 0, offset: 0),
            ])
        let reopened = try await store.reopened()
        #expect(try await reopened.readAll("a").texts == ["0", "1"])
        #expect(try await reopened.readAll("b").texts == ["x"])
        await reopened.close()
    }

    @Test func `a settlement that can't be written leaves its lane where it was`() async throws {
        let store = try await FailingStore()
        let engine = store.engine
        try await engine.append(texts: ["0", "1"], to: "a")
        let lane = LaneID(function: "f", partition: 0)
        let claim = try await engine.claim(lane, inputs: ["a"], start: .earliest)
        let settlement = claim.settlement(
            of: "a", from: 0, to: 2,
            appends: [StationAppend("b", [Event("x", id: "x"), Event("y")])])
        for table in ["chunk_2", "journal"] {
            let before = try await engine.lanes()
            try await store.refusing("INSERT", table) { () async throws in
                let failure = await error { () async throws(EngineError) in
                    try await engine.settle([settlement])
                }
                #expect(failure == Self.refused)
            }
            #expect(try await engine.lanes() == before)
            #expect(try await engine.readAll("b").isEmpty)
        }
        try await engine.settle([settlement])
        let lanes = try await engine.lanes()
        #expect(lanes[0].position == Position(["a": 2]))
        let reopened = try await store.reopened()
        #expect(try await reopened.lanes() == lanes)
        #expect(try await reopened.readAll("b").texts == ["x", "y"])
        let journal = try await reopened.journal(of: lane, from: 0, limit: 9)
        #expect(journal.map(\.withoutTimes) == [settlement.journal])
        await reopened.close()
    }

    @Test func `ids whose commit failed push none out of the window`() async throws {
        let store = try await FailingStore()
        let engine = store.engine
        try await engine.alter(
            "a", settings: StationSettings(duplicates: DuplicateReach(ids: 3)))
        for number in 0..<5 { try await engine.append([Event("x", id: "\(number)")], to: "a") }
        let before = try await engine.describe("a").window
        #expect(before.ids == 3)
        try await store.refusing("INSERT", "chunk_1") { () async throws in
            for round in 0..<3 {
                let failure = await error { () async throws(EngineError) in
                    try await engine.append(
                        (0..<10).map { Event("y", id: "new \(round) \($0)") }, to: "a")
                }
                #expect(failure == Self.refused)
            }
        }
        #expect(try await engine.describe("a").window == before)
        let receipts = try await engine.append(
            (2..<5).map { Event("x", id: "\($0)") }, to: "a")
        #expect(receipts.map(\.kind) == ["duplicate", "duplicate", "duplicate"])
        let again = try await engine.append([Event("x", id: "1"), Event("x", id: "0")], to: "a")
        #expect(again.map(\.isStored) == [true, true])
        await engine.close()
    }

    @Test func `what a failed commit appended to a key is expected by nobody`() async throws {
        let store = try await FailingStore()
        let engine = store.engine
        let key = Array("k".utf8)
        func append(_ offset: UInt64?) async throws(EngineError) -> [AppendReceipt] {
            try await engine.append(
                StationAppend(
                    station: "a", records: EventRecords([Event("x", key: "k")]),
                    expectation: .lastOfKey(key, offset: offset)))
        }
        try await store.refusing("INSERT", "chunk_1") { () async throws in
            for _ in 0..<2 {
                let failure = await error { () async throws(EngineError) in
                    _ = try await append(nil)
                }
                #expect(failure == Self.refused)
            }
        }
        #expect(try await append(0) == [.unexpected(partition: 0, actual: nil)])
        #expect(try await append(nil).map(\.isStored) == [true])
        try await store.refusing("INSERT", "chunk_1") { () async throws in
            _ = await error { () async throws(EngineError) in _ = try await append(0) }
        }
        #expect(try await append(1) == [.unexpected(partition: 0, actual: 0)])
        #expect(try await append(0).map(\.isStored) == [true])
        await engine.close()
    }

    @Test func `a claim that can't be written makes no lane`() async throws {
        let store = try await FailingStore()
        let lane = LaneID(function: "f", partition: 0)
        try await store.refusing("INSERT", "lane_position") { () async throws in
            let failure = await error { () async throws(EngineError) in
                _ = try await store.engine.claim(lane, inputs: ["a"], start: .earliest)
            }
            #expect(failure == Self.refused)
            #expect(try await store.engine.lanes().isEmpty)
        }
        let claim = try await store.engine.claim(lane, inputs: ["a"], start: .earliest)
        #expect(claim.fence == 1)
        await store.engine.close()
    }

    @Test func `a station that can't be made is made by the next call`() async throws {
        let store = try await FailingStore()
        try await store.refusing("INSERT", "partition") { () async throws in
            let failure = await error { () async throws(EngineError) in
                try await store.engine.open("c", settings: nil)
            }
            #expect(failure == Self.refused)
            #expect(try await store.engine.stations().map(\.name) == ["a", "b"])
        }
        try await store.engine.open("c", settings: StationSettings(partitions: 2))
        try await store.engine.append([Event("x", id: "x")], to: "c")
        #expect(try await store.engine.readAll("c").texts == ["x"])
        await store.engine.close()
    }

    @Test func `a station that can't be deleted keeps its events, ids and lanes`() async throws {
        let store = try await FailingStore()
        let engine = store.engine
        try await engine.append([Event("0", id: "0")], to: "a")
        let claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["a"], start: .latest)
        try await store.refusing("DELETE", "station") { () async throws in
            let failure = await error { () async throws(EngineError) in
                try await engine.delete("a")
            }
            #expect(failure == Self.refused)
        }
        #expect(try await engine.readAll("a").texts == ["0"])
        #expect(try await engine.lanes()[0].position == claim.position)
        let receipts = try await engine.append([Event("0", id: "0"), Event("1", id: "0")], to: "a")
        #expect(receipts.map(\.kind) == ["duplicate", "conflict"])
        await engine.close()
    }

    @Test func `callers whose requests share a commit that fails all learn of it`() async throws {
        let store = try await FailingStore()
        let engine = store.engine
        try await store.refusing("INSERT", "chunk_1") { () async throws in
            var failures = 0
            var stored = 0
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    let station: StationName = number % 10 == 0 ? "a" : "b"
                    group.addTask {
                        (try? await engine.append([Event("x", id: "\(number)")], to: station))
                            != nil
                    }
                }
                for await isStored in group {
                    if isStored { stored += 1 } else { failures += 1 }
                }
            }
            #expect(failures >= 10)
            #expect(try await engine.describe("b").events == UInt64(stored))
        }
        // Whoever was told of a failure may try again, and nothing is there twice.
        for number in 0..<100 {
            let station: StationName = number % 10 == 0 ? "a" : "b"
            try await engine.append([Event("x", id: "\(number)")], to: station)
        }
        #expect(try await engine.describe("a").events == 10)
        #expect(try await engine.describe("b").events == 90)
        await engine.close()
    }
}
