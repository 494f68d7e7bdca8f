import MoonrailCore
import Testing

/// Everything that an engine tells of itself.
private struct Everything: Equatable {
    var stations: [StationSummary] = []
    var lanes: [LaneSummary] = []
    var events: [String: [Event]] = [:]
    var offsets: [String: [UInt64]] = [:]
    var causes: [String: [Cause?]] = [:]
    var journals: [LaneID: [JournalRecord]] = [:]

    init(_ engine: any StationEngine) async throws {
        stations = try await engine.stations()
        lanes = try await engine.lanes()
        for station in stations {
            for partition in 0..<station.settings.partitions {
                let read = try await engine.readAll(station.name, partition: partition)
                let place = "\(station.name)/\(partition)"
                events[place] = read.records.events
                offsets[place] = read.offsets
                causes[place] = read.causes
            }
        }
        for lane in lanes {
            journals[lane.lane] = try await engine.journal(of: lane.lane, from: 0, limit: 10_000)
        }
    }
}

extension EngineContract {
    static let reopeningCases = [
        EngineCase("an engine that is opened again tells the same") { bench in
            let engine = bench.engine
            for name: StationName in ["in", "out", "empty"] {
                _ = try await engine.open(name, settings: StationSettings(partitions: 2))
            }
            var random = SeededGenerator.printed(for: "an engine that is opened again")
            for number in 0..<20 {
                let events = (0..<random.number(0...80)).map {
                    Event("\(number).\($0)", id: "\(number).\($0)")
                }
                try await engine.append(events, to: "in", unkeyedPartition: UInt32(number % 2))
            }
            for partition: UInt32 in 0..<2 {
                let lane = LaneID(function: "f", partition: partition)
                let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
                let from = claim.position["in"]
                for number: UInt64 in 0..<5 {
                    var records = EventRecords()
                    records.append(
                        Event("out \(number)"),
                        cause: Cause(
                            origin: Origin(
                                function: "f", version: FunctionVersion(text: "v"), generation: 0,
                                station: "in", partition: partition),
                            offset: from + number, emission: 0, causationID: nil,
                            correlationID: nil))
                    let append = StationAppend(
                        station: "out", records: records, unkeyedPartition: partition, causes: [0])
                    try await engine.settle([
                        claim.settlement(
                            of: "in", from: from + number, to: from + number + 1, appends: [append])
                    ])
                }
            }
            let before = try await Everything(engine)
            for _ in 0..<3 {
                try await bench.reopen()
                #expect(try await Everything(bench.engine) == before)
            }
        },
        EngineCase("a partition goes on after its last event when it is opened again") { bench in
            _ = try await bench.engine.open("a", settings: nil)
            for number in 0..<5 {
                let receipt = try await bench.engine.append(texts: ["\(number)"], to: "a")
                #expect(receipt.map(\.isStored) == [true])
                try await bench.reopen()
            }
            let all = try await bench.engine.readAll("a")
            #expect(all.texts == ["0", "1", "2", "3", "4"])
            #expect(Set(all.offsets).count == 5)
        },
        EngineCase("duplicates and conflicts are found after opening again") { bench in
            _ = try await bench.engine.open("a", settings: StationSettings(partitions: 3))
            let events = (0..<1_500).map { Event("\($0)", id: "id \($0)", key: "key \($0 % 50)") }
            let first = try await bench.engine.append(events, to: "a")
            try await bench.reopen()
            let again = try await bench.engine.append(events.reversed(), to: "a")
            #expect(again.map(\.kind) == Array(repeating: "duplicate", count: 1_500))
            #expect(again.map(\.asStored) == first.reversed())
            try await bench.reopen()
            let changed = try await bench.engine.append(
                [Event("changed", id: "id 7"), Event("new", id: "id 1500")], to: "a")
            #expect(changed.map(\.kind) == ["conflict", "stored"])
            #expect(changed[0].asStored == first[7])
            #expect(try await bench.engine.describe("a").events == 1_501)
        },
        EngineCase("as many ids are known after opening again", needs: [.countedWindow]) { bench in
            _ = try await bench.engine.open("a", settings: StationSettings(partitions: 3))
            let events = (0..<1_500).map { Event("\($0)", id: "id \($0)", key: "key \($0 % 50)") }
            try await bench.engine.append(events, to: "a")
            try await bench.reopen()
            #expect(try await bench.engine.describe("a").window.ids == 1_500)
        },
        EngineCase("an id that a script gave is found after opening again") { bench in
            for name: StationName in ["in", "out"] {
                _ = try await bench.engine.open(name, settings: nil)
            }
            try await bench.engine.append(texts: ["1", "2"], to: "in")
            let lane = LaneID(function: "f", partition: 0)
            func settle(_ event: Event) async throws {
                let claim = try await bench.engine.claim(lane, inputs: ["in"], start: .earliest)
                let from = claim.position["in"]
                try await bench.engine.settle([
                    claim.settlement(
                        of: "in", from: from, to: from + 1, appends: [StationAppend("out", [event])]
                    )
                ])
            }
            try await settle(Event("x", id: "1"))
            try await bench.reopen()
            await #expect(throws: EngineError.self) { try await settle(Event("y", id: "1")) }
            try await settle(Event("x", id: "1"))
            #expect(try await bench.engine.readAll("out").texts == ["x"])
        },
        EngineCase("a claim from before is no longer good after a new one of the next life") {
            bench in
            _ = try await bench.engine.open("a", settings: nil)
            try await bench.engine.append(texts: ["1"], to: "a")
            let lane = LaneID(function: "f", partition: 0)
            let old = try await bench.engine.claim(lane, inputs: ["a"], start: .earliest)
            try await bench.reopen()
            let new = try await bench.engine.claim(lane, inputs: ["a"], start: .latest)
            #expect(new.fence > old.fence)
            #expect(new.position == old.position)
            let settlement = old.settlement(of: "a", from: 0, to: 1)
            #expect(
                await engineError { () async throws(EngineError) in
                    try await bench.engine.settle([settlement])
                } == .claimLost(lane))
        },
    ]
}
