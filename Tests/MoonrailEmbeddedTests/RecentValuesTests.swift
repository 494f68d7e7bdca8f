import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Values that are in a log first and in their table later: nobody sees which.
struct RecentValuesTests {
    /// So few that values are sealed after a few settlements.
    private static let youngBytes = 4_000

    private static func open(_ directory: ScratchDirectory) throws -> EmbeddedEngine {
        try EmbeddedEngine(directory: directory.path, recentValueBytes: youngBytes)
    }

    /// Lanes that change values at random, and what each key then has.
    private struct Model {
        let lanes = ["f", "g"].flatMap { (name: FunctionName) in
            (0..<2).map { LaneID(function: name, partition: $0) }
        }
        var values: [LaneID: [[UInt8]: [UInt8]]] = [:]
        var next: [LaneID: UInt64] = [:]

        /// Changes of one settlement, some keys among them more than once.
        mutating func change(
            _ lane: LaneID, _ random: inout SeededGenerator
        ) -> [LaneValueChange] {
            (0..<random.number(0...12)).map { _ in
                // With and without something that all begin with, and keys of one another.
                let key = Array("\(random.once(in: 3) ? "" : "key-")\(random.number(0...60))".utf8)
                let value =
                    random.once(in: 5)
                    ? nil : Array(random.text(random.number(1...80)).utf8)
                values[lane, default: [:]][key] = value
                return LaneValueChange(space: .state, key: key, value: value)
            }
        }

        func page(_ lane: LaneID, after key: [UInt8]?, limit: Int) -> [LaneValue] {
            let all = values[lane, default: [:]].filter { own in
                key.map { $0.lexicographicallyPrecedes(own.key) } ?? true
            }
            return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(limit)
                .map { LaneValue(key: $0.key, value: $0.value) }
        }

        func expect(_ engine: EmbeddedEngine, _ random: inout SeededGenerator) async throws {
            for lane in lanes {
                let keys = (0..<20).map { _ in
                    Array("\(random.once(in: 3) ? "" : "key-")\(random.number(0...60))".utf8)
                }
                #expect(
                    try await engine.values(of: lane, in: .state, keys: keys)
                        == keys.map { values[lane]?[$0] })
                let after = random.once(in: 2) ? nil : keys[0]
                let limit = random.number(1...40)
                #expect(
                    try await engine.values(of: lane, in: .state, after: after, limit: limit)
                        == page(lane, after: after, limit: limit))
            }
        }
    }

    @Test func `reads see what was settled last, wherever it is kept, and so does every reopening`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        var engine = try Self.open(directory)
        try await engine.open("in", settings: StationSettings(partitions: 2))
        for partition: UInt32 in 0..<2 {
            try await engine.append(
                texts: (0..<700).map(String.init), to: "in", unkeyedPartition: partition)
        }
        var model = Model()
        var claims: [LaneID: LaneClaim] = [:]
        for lane in model.lanes {
            claims[lane] = try await engine.claim(lane, inputs: ["in"], start: .earliest)
        }
        for round in 0..<600 {
            let lane = model.lanes[random.number(0...model.lanes.count - 1)]
            guard let claim = claims[lane] else { continue }
            let first = model.next[lane, default: 0]
            var settlement = claim.settlement(of: "in", from: first, to: first + 1)
            let changes = model.change(lane, &random)
            // It is the space that says how they are kept.
            if random.once(in: 2) {
                settlement.changes = changes
            } else {
                for change in changes { settlement.values.append(change) }
            }
            try await engine.settle([settlement])
            model.next[lane] = first + 1
            if round % 5 == 0 { try await model.expect(engine, &random) }
            if random.once(in: 40) {
                // What a kill would leave behind now.
                let left = try directory.copy()
                let survivor = try Self.open(left)
                try await model.expect(survivor, &random)
                await survivor.close()
            }
            if random.once(in: 60) {
                await engine.close()
                engine = try Self.open(directory)
            }
        }
        #expect(try await engine.check().findings.isEmpty)
        await engine.close()
        let file = try DatabaseQueue(path: directory.path + "/store.sqlite")
        defer { try? file.close() }
        let (log, table) = try await file.read {
            (
                try Int.fetchOne($0, sql: "SELECT sum(length(body)) FROM value_log") ?? 0,
                try Int.fetchOne($0, sql: "SELECT count(*) FROM lane_value") ?? 0
            )
        }
        // Both ways were gone: the log does not grow without end.
        #expect(log < 5 * Self.youngBytes)
        #expect(table > 0)
    }

    @Test func `what a removed function changed last does not come into the table`() async throws {
        let directory = try ScratchDirectory()
        let engine = try Self.open(directory)
        try await engine.open("in", settings: nil)
        try await engine.append(texts: (0..<200).map(String.init), to: "in")
        for function: FunctionName in ["f", "g"] {
            let lane = LaneID(function: function, partition: 0)
            let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
            for number: UInt64 in 0..<200 {
                var settlement = claim.settlement(of: "in", from: number, to: number + 1)
                settlement.values.append(
                    LaneValueChange(space: .state, key: Array("\(number)".utf8), value: [1]))
                try await engine.settle([settlement])
            }
            guard function == "f" else { continue }
            try await engine.arrange(.remove("f", stations: []), telling: [])
            #expect(try await engine.value(of: lane, in: .state, key: Array("7".utf8)) == nil)
        }
        let lane = LaneID(function: "g", partition: 0)
        #expect(try await engine.values(of: lane, in: .state, after: nil, limit: 999).count == 200)
        #expect(try await engine.check().findings.isEmpty)
        await engine.close()
    }

    @Test func `a process that is killed leaves every key what was settled last`() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path
        let keys: UInt64 = 97
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let engine = try EmbeddedEngine(directory: path, recentValueBytes: 4_000)
            try await engine.open("in", settings: nil)
            try await engine.append(texts: (0..<9_000).map(String.init), to: "in")
            let claim = try await engine.claim(
                LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number: UInt64 in 0..<9_000 {
                        var settlement = claim.settlement(of: "in", from: number, to: number + 1)
                        settlement.values.append(
                            LaneValueChange(
                                space: .state, key: Array("\(number % 97)".utf8),
                                value: Array("\(number)".utf8)))
                        try await engine.settle([settlement])
                    }
                }
                group.addTask {
                    // After that many settlements, wherever the next one is.
                    while try await engine.lanes()[0].counts.processed < 700 {}
                    kill(getpid(), SIGKILL)
                }
                try await group.waitForAll()
            }
        }
        let survivor = try EmbeddedEngine(directory: path, recentValueBytes: 4_000)
        let lane = LaneID(function: "f", partition: 0)
        let settled = try await survivor.lanes()[0].position["in"]
        #expect(settled >= 700)
        for key in 0..<keys {
            // The last number below `settled` that the key was changed by.
            let last = (settled - 1) - (settled - 1 + keys - key) % keys
            #expect(
                try await survivor.value(of: lane, in: .state, key: Array("\(key)".utf8))
                    == Array("\(last)".utf8))
        }
        #expect(try await survivor.check().findings.isEmpty)
        await survivor.close()
    }

    @Test
    func `a damaged record of the log is told, and the store is not opened with older values`()
        async throws
    {
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path)
        try await engine.open("in", settings: nil)
        let claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
        for number: UInt64 in 0..<3 {
            var settlement = claim.settlement(of: "in", from: number, to: number + 1)
            settlement.changes = [
                LaneValueChange(space: .state, key: [1], value: Array("\(number)".utf8))
            ]
            try await engine.settle([settlement])
        }
        await engine.close()
        let file = try DatabaseQueue(path: directory.path + "/store.sqlite")
        let body = try await file.read {
            try Data.fetchOne($0, sql: "SELECT body FROM value_log WHERE sequence = 2")
        }
        var damaged = try #require(body)
        damaged[damaged.count - 1] ^= 1
        func write(_ body: Data) async throws {
            try await file.write {
                try $0.execute(
                    sql: "UPDATE value_log SET body = ? WHERE sequence = 2", arguments: [body])
            }
        }
        try await write(damaged)
        let told = "the log of values: record 2 is damaged"
        let error = #expect(throws: EngineError.self) {
            try EmbeddedEngine(directory: directory.path)
        }
        #expect(error?.description.contains(told) == true)
        try await write(body ?? Data())
        try file.close()
        engine = try EmbeddedEngine(directory: directory.path)
        #expect(
            try await engine.value(
                of: LaneID(function: "f", partition: 0), in: .state, key: [1])
                == Array("2".utf8))
        await engine.close()
    }
}
