import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

struct StoreUpgradeTests {
    private static let stations: [StationName: UInt32] = ["a": 3, "b": 1, "empty": 2]

    /// A store with events of all kinds, ids over several partitions, lanes and a journal.
    private static func fill(
        _ engine: EmbeddedEngine, _ time: ManualTime, _ random: inout SeededGenerator
    ) async throws {
        for (name, partitions) in stations {
            try await engine.open(name, settings: StationSettings(partitions: partitions))
        }
        for number in 0..<60 {
            let events = (0..<random.number(0...(random.once(in: 9) ? 1_300 : 5))).map { index in
                Event(
                    "text", id: random.once(in: 3) ? nil : "\(number).\(index)",
                    key: random.once(in: 3) ? nil : "key \(random.number(0...20))")
            }
            try await engine.append(
                events, to: random.once(in: 3) ? "b" : "a",
                unkeyedPartition: UInt32(random.number(0...2)))
        }
        let lane = LaneID(function: "f", partition: 0)
        let claim = try await engine.claim(lane, inputs: ["b"], start: .earliest)
        for number: UInt64 in 0..<3 {
            try await engine.settle([
                claim.settlement(
                    of: "b", from: number, to: number + 1,
                    appends: [StationAppend("a", [Event("out", id: "of \(number)")])])
            ])
        }
    }

    /// What is the same however chunks are packed.
    private static func stations(of engine: EmbeddedEngine) async throws -> [StationSummary] {
        try await engine.stations().map { station in
            StationSummary(
                name: station.name, settings: station.settings, created: station.created,
                partitions: station.partitions.map {
                    PartitionSummary(
                        earliest: $0.earliest, next: $0.next, events: $0.events, bytes: 0)
                }, window: station.window)
        }
    }

    @Test func `a store of the first format holds and answers the same after its upgrade`()
        async throws
    {
        var random = SeededGenerator.printed()
        for _ in 0..<8 {
            let time = ManualTime()
            let directory = try ScratchDirectory()
            var engine = try EmbeddedEngine(directory: directory.path, now: time.now)
            try await Self.fill(engine, time, &random)
            await engine.close()
            let old = try FirstFormatStore.copy(of: directory)
            engine = try EmbeddedEngine(directory: directory.path, now: time.now)
            // Each its own clock, which both read as often.
            let start = time.now()
            time.set(start)
            let sameTime = ManualTime(start)
            var upgraded = try EmbeddedEngine(directory: old.path, now: sameTime.now)
            for _ in 0..<2 {
                #expect(
                    try await Self.stations(of: upgraded) == (try await Self.stations(of: engine)))
                #expect(try await upgraded.lanes() == (try await engine.lanes()))
                let lane = LaneID(function: "f", partition: 0)
                #expect(
                    try await upgraded.journal(of: lane, from: 0, limit: 9)
                        == (try await engine.journal(of: lane, from: 0, limit: 9))
                        .map(\.withoutTimes))
                for (name, partitions) in Self.stations {
                    for number in 0..<partitions {
                        let events = try await engine.readAll(name, partition: number)
                        let same = try await upgraded.readAll(name, partition: number)
                        #expect(same.offsets == events.offsets)
                        #expect(same.records.events == events.records.events)
                    }
                    // Windows that are narrower than what is stored tell whether the order of
                    // the ids is the same.
                    let settings = StationSettings(
                        partitions: partitions,
                        duplicates: DuplicateReach(ids: random.number(1...500)))
                    let repeats = (0..<200).map { _ in
                        Event(
                            random.once(in: 3) ? "other" : "text",
                            id: "\(random.number(0...59)).\(random.number(0...4))")
                    }
                    for one in [engine, upgraded] {
                        try await one.alter(name, settings: settings)
                    }
                    #expect(
                        try await upgraded.append(repeats, to: name)
                            == (try await engine.append(repeats, to: name)))
                }
                await upgraded.close()
                upgraded = try EmbeddedEngine(directory: old.path, now: sameTime.now)
            }
            await upgraded.close()
            await engine.close()
        }
    }

    @Test func `a store whose last chunks are damaged is upgraded all the same`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: nil)
        for number in 0..<3 { try await engine.append([Event("x", id: "\(number)")], to: "a") }
        await engine.close()
        let old = try FirstFormatStore.copy(of: directory)
        let file = try DatabaseQueue(path: old.path + "/store.sqlite")
        try await file.write {
            try $0.execute(sql: "UPDATE chunk_1 SET body = x'01' WHERE first_offset = 2")
        }
        try file.close()
        let upgraded = try EmbeddedEngine(directory: old.path)
        #expect(try await upgraded.append(texts: ["y"], to: "a").map(\.offset) == [3])
        #expect(
            try await upgraded.read(
                StationCursor(station: "a", partition: 0, offset: 0), bounds: ReadBounds()
            ).texts == ["x", "x"])
        await upgraded.close()
    }

    @Test func `an upgrade that fails leaves the store as it was`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("a", settings: StationSettings(partitions: 2))
        try await engine.append([Event("x", id: "1")], to: "a")
        await engine.close()
        let old = try FirstFormatStore.copy(of: directory)
        let path = old.path + "/store.sqlite"
        func sql(_ text: String) throws {
            let file = try DatabaseQueue(path: path)
            try file.write { try $0.execute(sql: text) }
            try file.close()
        }
        // The last rows that the upgrade writes can't be written.
        try sql(
            """
            CREATE TRIGGER refusal BEFORE UPDATE ON chunk_1
            BEGIN SELECT RAISE(ABORT, 'no room'); END
            """)
        #expect(throws: EngineError.unavailable("can't open the store: no room")) {
            try EmbeddedEngine(directory: old.path)
        }
        let file = try DatabaseQueue(path: path)
        let left = try await file.read { database in
            (
                format: try Int.fetchOne(database, sql: "PRAGMA user_version"),
                columns: try database.columns(in: "chunk_1").map(\.name),
                hasNewTable: try database.tableExists("lane_value")
            )
        }
        #expect(left.format == 1)
        #expect(left.columns.contains("ids_before"))
        #expect(!left.hasNewTable)
        try file.close()
        try sql("DROP TRIGGER refusal")
        let upgraded = try EmbeddedEngine(directory: old.path)
        #expect(
            try await upgraded.append([Event("x", id: "1")], to: "a")
                == [.duplicate(partition: 0, offset: 0)])
        await upgraded.close()
    }
}
