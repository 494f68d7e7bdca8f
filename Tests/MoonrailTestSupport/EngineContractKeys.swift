import MoonrailCore
import Testing

extension StationLog {
    /// All events of a key from `offset` on, in as many reads as it takes.
    package func readAll(
        key: String, of station: StationName, partition: UInt32 = 0, from offset: UInt64 = 0,
        bounds: ReadBounds = ReadBounds()
    ) async throws(EngineError) -> (offsets: [UInt64], texts: [String]) {
        var all: (offsets: [UInt64], texts: [String]) = ([], [])
        var cursor = StationCursor(station: station, partition: partition, offset: offset)
        while true {
            let part = try await read(key: Array(key.utf8), from: cursor, bounds: bounds)
            guard let last = part.offsets.last else { return all }
            all.texts += part.records.texts
            all.offsets += part.offsets
            cursor.offset = last + 1
        }
    }
}

extension EngineContract {
    static let keyCases = [
        EngineCase("a key's events come in order, and no others") { bench in
            try await bench.engine.open("a", settings: nil)
            let keys: [String?] = ["k", "kk", "", nil, "other"]
            for number in 0..<40 {
                try await bench.engine.append(
                    (0..<(number % 4 == 0 ? 100 : 1)).map {
                        Event("\(number).\($0)", key: keys[(number + $0) % keys.count])
                    }, to: "a")
            }
            for _ in 0..<2 {
                let all = try await bench.engine.readAll("a").records.events
                for key in ["k", "kk", "", "other", "unknown"] {
                    let found = try await bench.engine.readAll(key: key, of: "a")
                    let wanted = all.filter { $0.key == Array(key.utf8) }
                    #expect(found.texts == EventRecords(wanted).texts)
                    #expect(found.offsets == found.offsets.sorted())
                }
                try await bench.tidy()
                try await bench.reopen()
            }
        },
        EngineCase("a key is read from any offset and within any bounds") { bench in
            var random = SeededGenerator.printed(for: "a key is read from any offset")
            let engine = bench.engine
            try await engine.open("a", settings: nil)
            for _ in 0..<60 {
                let count = random.once(in: 5) ? random.number(1...400) : 1
                let events = (0..<count).map { _ in
                    Event(random.text(random.number(0...40)), key: "\(random.number(0...9))")
                }
                try await engine.append(events, to: "a")
                if random.once(in: 10) { try await bench.tidy() }
            }
            let all = try await engine.readAll("a")
            let events = all.records.events
            for _ in 0..<100 {
                let key = "\(random.number(0...9))"
                let from = UInt64(random.number(0...all.count))
                let wanted = events.indices.filter {
                    events[$0].key == Array(key.utf8) && all.offsets[$0] >= from
                }
                let found = try await engine.readAll(
                    key: key, of: "a", from: from,
                    bounds: ReadBounds(
                        events: random.number(1...50), bytes: random.number(1...5_000)))
                #expect(found.offsets == wanted.map { all.offsets[$0] })
                #expect(found.texts == wanted.map { all.texts[$0] })
            }
        },
        EngineCase("a key is read in a partition that exists, of a station that exists") { bench in
            try await bench.engine.open("a", settings: nil)
            for (cursor, wanted) in [
                (
                    StationCursor(station: "b", partition: 0, offset: 0),
                    EngineError.stationNotFound("b")
                ),
                (
                    StationCursor(station: "a", partition: 1, offset: 0),
                    EngineError.partitionNotFound("a", partition: 1, count: 1)
                ),
            ] {
                #expect(
                    await engineError { () async throws(EngineError) in
                        _ = try await bench.engine.read(
                            key: [1], from: cursor, bounds: ReadBounds())
                    } == wanted)
            }
        },
    ]
}
