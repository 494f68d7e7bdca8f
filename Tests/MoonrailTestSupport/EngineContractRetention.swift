import MoonrailCore
import Testing

extension StationCatalog {
    /// Gives a station another retention and leaves its other settings.
    package func keep(_ retention: Retention, in station: StationName) async throws(EngineError) {
        var settings = try await describe(station).settings
        settings.retention = retention
        try await alter(station, settings: settings)
    }
}

extension EngineContract {
    static let alterCases = [
        EngineCase("a station's retention and window are altered for good") { bench in
            let settings = StationSettings(
                partitions: 2,
                retention: Retention(age: .seconds(60), bytes: 1_000_000, events: 10_000),
                duplicates: DuplicateReach(ids: 77, age: .seconds(5)))
            try await bench.engine.open("a", settings: StationSettings(partitions: 2))
            try await bench.engine.append(texts: ["x"], to: "a")
            try await bench.engine.alter("a", settings: settings)
            #expect(try await bench.engine.describe("a").settings == settings)
            #expect(try await bench.engine.open("a", settings: settings) == settings)
            try await bench.reopen()
            #expect(try await bench.engine.open("a", settings: nil) == settings)
            #expect(try await bench.engine.readAll("a").texts == ["x"])
            try await bench.engine.keep(Retention(), in: "a")
            #expect(try await bench.engine.describe("a").settings.retention.isUnbounded)
        },
        EngineCase("a station's number of partitions can't be altered") { bench in
            try await bench.engine.open("a", settings: nil)
            let error = await engineError { () async throws(EngineError) in
                try await bench.engine.alter("a", settings: StationSettings(partitions: 2))
            }
            guard case .stationDiffers("a", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(
                await engineError { () async throws(EngineError) in
                    try await bench.engine.alter("nowhere", settings: StationSettings())
                } == .stationNotFound("nowhere"))
        },
    ]

    static let retentionCases = [
        EngineCase("of a bounded number of events the latest are kept, and never fewer") { bench in
            let engine = bench.engine
            try await engine.open("a", settings: nil)
            try await engine.keep(Retention(events: 1_000), in: "a")
            for number in 0..<100 {
                let texts = (0..<30).map { "\(number * 30 + $0)" }
                try await engine.append(texts: texts, to: "a")
                if number % 7 == 0 { try await bench.tidy() }
                let held = try await engine.describe("a").events
                #expect(held >= min(1_000, UInt64(number + 1) * 30))
            }
            try await bench.tidy()
            let held = try await engine.describe("a").events
            #expect(held < 1_000 + UInt64(Bounds.batchEvents))
            let left = try await engine.readAll("a")
            #expect(left.texts == (3_000 - Int(held)..<3_000).map { "\($0)" })
            #expect(try await engine.describe("a").partitions[0].earliest == left.offsets.first)
        },
        EngineCase("of a bounded number of bytes the latest are kept, and never fewer") { bench in
            let engine = bench.engine
            try await engine.open("a", settings: StationSettings(partitions: 2))
            // What is repetitive an engine may store in fewer bytes.
            var random = SeededGenerator.printed()
            for number: UInt32 in 0..<400 {
                try await engine.append(
                    texts: (0..<10).map { _ in random.text(1_000) }, to: "a",
                    unkeyedPartition: number)
            }
            let ends = try await engine.describe("a").partitions.map(\.next)
            try await engine.keep(Retention(bytes: 1_000_000), in: "a")
            try await bench.tidy()
            let station = try await engine.describe("a")
            #expect(station.bytes >= 1_000_000)
            #expect(station.bytes < 1_000_000 + 2 * UInt64(Bounds.batchBytes))
            #expect(station.partitions.map(\.next) == ends)
        },
        EngineCase("events over an age are removed, younger ones never", needs: [.givenTime]) {
            bench in
            let engine = bench.engine
            let start: Int64 = 1_000_000_000
            try await engine.open("a", settings: nil)
            try await engine.keep(Retention(age: .seconds(10)), in: "a")
            for second: Int64 in 0..<60 {
                bench.time.set(EventTime(microseconds: start + second * 1_000_000))
                try await engine.append(texts: (0..<100).map { "\(second).\($0)" }, to: "a")
                try await bench.tidy()
                let first = try await engine.describe("a").partitions[0].earliest
                #expect(first <= UInt64(max(0, second - 9)) * 100)
            }
            bench.time.set(EventTime(microseconds: start + 100_000_000))
            try await bench.tidy()
            #expect(try await engine.describe("a").events == 0)
            #expect(try await engine.readAll("a").isEmpty)
        },
        EngineCase(
            "an emptied partition goes on with its offsets, also when opened again",
            needs: [.givenTime]
        ) { bench in
            let start: Int64 = 1_000_000_000
            bench.time.set(EventTime(microseconds: start))
            try await bench.engine.open("a", settings: nil)
            let first = try await bench.engine.append(
                [Event("1", id: "1"), Event("2", id: "2")], to: "a")
            try await bench.engine.keep(Retention(age: .seconds(1)), in: "a")
            bench.time.set(EventTime(microseconds: start + 10_000_000))
            try await bench.tidy()
            let emptied = try await bench.engine.describe("a")
            #expect(emptied.events == 0)
            #expect(emptied.bytes == 0)
            let next = emptied.partitions[0].next
            #expect(next > (try #require(first[1].offset)))
            #expect(emptied.partitions[0].earliest == next)
            try await bench.reopen()
            #expect(try await bench.engine.describe("a").partitions == emptied.partitions)
            let receipt = try await bench.engine.append(texts: ["3"], to: "a")[0]
            #expect(try #require(receipt.offset) >= next)
            try await bench.reopen()
            #expect(try await bench.engine.readAll("a").texts == ["3"])
            #expect(try await bench.engine.describe("a").bytes > 0)
        },
        EngineCase(
            "a lane that retention overtook goes on from the earliest event held",
            needs: [.givenTime]
        ) { bench in
            let engine = bench.engine
            let start: Int64 = 1_000_000_000
            try await engine.open("a", settings: nil)
            try await engine.keep(Retention(age: .seconds(1)), in: "a")
            bench.time.set(EventTime(microseconds: start))
            try await engine.append(texts: ["old"], to: "a")
            let claim = try await engine.claim(
                LaneID(function: "f", partition: 0), inputs: ["a"], start: .earliest)
            bench.time.set(EventTime(microseconds: start + 10_000_000))
            try await bench.tidy()
            #expect(try await engine.lanes().map(\.lag) == [0])
            let cursor = StationCursor(station: "a", partition: 0, offset: claim.position["a"])
            #expect(try await engine.read(cursor, bounds: ReadBounds()).isEmpty)
            // Nothing is there, so that who waits sleeps until there is.
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await engine.wait(for: [cursor])
                    return (try? await engine.read(cursor, bounds: ReadBounds()).texts) == ["new"]
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(50))
                    return (try? await engine.append(texts: ["new"], to: "a")) != nil
                }
                for await isRight in group { #expect(isRight) }
            }
            let read = try await engine.read(cursor, bounds: ReadBounds())
            let last = try #require(read.offsets.last)
            try await engine.settle([
                claim.settlement(of: "a", from: claim.position["a"], to: last + 1)
            ])
            #expect(try await engine.lanes().map(\.lag) == [0])
        },
    ]
}
