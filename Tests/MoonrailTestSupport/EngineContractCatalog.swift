import MoonrailCore
import Testing

extension EngineContract {
    static let catalogCases = [
        EngineCase("a station that is opened again is the same station") { bench in
            let engine = bench.engine
            let settings = StationSettings(partitions: 3)
            #expect(try await engine.open("readings", settings: settings) == settings)
            try await engine.append(texts: ["x"], to: "readings")
            #expect(try await engine.open("readings", settings: settings) == settings)
            #expect(try await engine.open("readings", settings: nil) == settings)
            #expect(try await engine.readAll("readings").texts == ["x"])
        },
        EngineCase("a station that is opened without settings gets the defaults") { bench in
            #expect(try await bench.engine.open("a", settings: nil) == StationSettings())
            let summary = try await bench.engine.describe("a")
            #expect(summary.settings.partitions == 1)
            #expect(summary.events == 0)
            #expect(summary.bytes == 0)
            #expect(summary.partitions.map(\.earliest) == summary.partitions.map(\.next))
        },
        EngineCase("a station with other settings is refused and stays as it is") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            let error = await engineError { () async throws(EngineError) in
                _ = try await engine.open("a", settings: StationSettings(partitions: 3))
            }
            guard case .stationDiffers(let name, let how) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(name == "a")
            #expect(how.hasPrefix("2 partitions"))
            #expect(try await engine.describe("a").settings.partitions == 2)
        },
        EngineCase("many who open one station at once get one station") { bench in
            let engine = bench.engine
            try await withThrowingTaskGroup(of: UInt32.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await engine.open("a", settings: nil).partitions }
                }
                for try await partitions in group { #expect(partitions == 1) }
            }
            #expect(try await engine.stations().count == 1)
        },
        EngineCase("a station that does not exist is not found by any call") { bench in
            let engine = bench.engine
            await expectNotFound(engine, "nowhere")
            _ = try await engine.open("somewhere", settings: nil)
            await expectNotFound(engine, "nowhere")
        },
        EngineCase("a station that was deleted is not found by any call") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            _ = try await engine.open("b", settings: nil)
            try await engine.append([Event("x", id: "1")], to: "a")
            try await engine.delete("a")
            await expectNotFound(engine, "a")
            #expect(try await engine.stations().map(\.name) == ["b"])
            try await bench.reopen()
            await expectNotFound(bench.engine, "a")
        },
        EngineCase("a station that was deleted and is made again begins empty") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 4))
            try await engine.append([Event("old", id: "1")], to: "a")
            try await engine.delete("a")
            #expect(try await engine.open("a", settings: nil).partitions == 1)
            #expect(try await engine.describe("a").events == 0)
            let receipts = try await engine.append([Event("new", id: "1")], to: "a")
            #expect(receipts.map(\.isStored) == [true], "its ids are forgotten with it")
            #expect(try await engine.readAll("a").texts == ["new"])
        },
        EngineCase("stations come in the order of their names, with what they hold") { bench in
            let engine = bench.engine
            for name: StationName in ["c", "a.b", "a"] {
                _ = try await engine.open(name, settings: StationSettings(partitions: 2))
            }
            try await engine.append(texts: ["1", "2"], to: "c", unkeyedPartition: 1)
            let stations = try await engine.stations()
            #expect(stations.map(\.name) == ["a", "a.b", "c"])
            #expect(stations.map(\.events) == [0, 0, 2])
            #expect(stations[2].partitions.map(\.events) == [0, 2])
            #expect(stations[2].bytes > 0)
            #expect(stations[0].bytes == 0)
            #expect(try await engine.describe("c") == stations[2])
        },
        EngineCase("a partition that the station lacks is refused") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            let wanted = EngineError.partitionNotFound("a", partition: 2, count: 2)
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.read(
                        StationCursor(station: "a", partition: 2, offset: 0), bounds: ReadBounds())
                } == wanted)
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.seek("a", partition: 2, to: bench.time.now())
                } == wanted)
            #expect(
                await engineError { () async throws(EngineError) in
                    _ = try await engine.claim(
                        LaneID(function: "f", partition: 2), inputs: ["a"], start: .earliest)
                } == wanted)
            #expect(try await engine.lanes().isEmpty)
        },
    ]

    private static func expectNotFound(_ engine: any StationEngine, _ name: StationName) async {
        let cursor = StationCursor(station: name, partition: 0, offset: 0)
        let calls: [(String, () async throws(EngineError) -> Void)] = [
            ("describe", { () async throws(EngineError) in _ = try await engine.describe(name) }),
            ("delete", { () async throws(EngineError) in try await engine.delete(name) }),
            (
                "append",
                { () async throws(EngineError) in
                    _ = try await engine.append(texts: ["x"], to: name)
                }
            ),
            (
                "read",
                { () async throws(EngineError) in
                    _ = try await engine.read(cursor, bounds: ReadBounds())
                }
            ),
            (
                "seek",
                { () async throws(EngineError) in
                    _ = try await engine.seek(name, partition: 0, to: EventTime(microseconds: 0))
                }
            ),
            (
                "claim",
                { () async throws(EngineError) in
                    _ = try await engine.claim(
                        LaneID(function: "f", partition: 0), inputs: [name], start: .latest)
                }
            ),
        ]
        for (call, body) in calls {
            #expect(await engineError(body) == .stationNotFound(name), "\(call)")
        }
    }
}

extension AppendReceipt {
    package var isStored: Bool {
        if case .stored = self { true } else { false }
    }

    /// Where the event is.
    package var offset: UInt64? {
        switch self {
        case .stored(_, let offset), .duplicate(_, let offset), .conflict(_, let offset): offset
        case .tooLarge, .unexpected: nil
        }
    }
}
