import MoonrailCore
import Testing

extension EngineContract {
    static let appendCases = [
        EngineCase("offsets grow in the order of the events") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var offsets: [UInt64] = []
            for number in 0..<20 {
                offsets += try await engine.append(
                    texts: (0...number).map { "\(number).\($0)" }, to: "a"
                ).compactMap(\.offset)
            }
            #expect(offsets == offsets.sorted())
            #expect(Set(offsets).count == 210)
            let all = try await engine.readAll("a")
            #expect(all.offsets == offsets)
            #expect(all.texts == (0..<20).flatMap { n in (0...n).map { "\(n).\($0)" } })
        },
        EngineCase(
            "offsets of each partition begin at 0 and have no gaps", needs: [.gaplessOffsets]
        ) { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 3))
            var next: [UInt64] = [0, 0, 0]
            for number in 0..<100 {
                let partition = UInt32(number * 7 % 5)
                for receipt in try await engine.append(
                    texts: Array(repeating: "x", count: number % 4), to: "a",
                    unkeyedPartition: partition)
                {
                    let place = Int(partition % 3)
                    #expect(receipt == .stored(partition: partition % 3, offset: next[place]))
                    next[place] += 1
                }
            }
            #expect(try await engine.describe("a").partitions.map(\.next) == next)
            #expect(try await engine.describe("a").partitions.map(\.earliest) == [0, 0, 0])
        },
        EngineCase("keyed events go to the partition of their key, in order") { bench in
            let engine = bench.engine
            let partitions: UInt32 = 5
            _ = try await engine.open("a", settings: StationSettings(partitions: partitions))
            let events = (0..<200).map { Event("\($0)", key: "key \($0 % 23)") }
            // Where an unkeyed event would go makes no difference.
            try await engine.append(Array(events[..<100]), to: "a", unkeyedPartition: 1)
            try await engine.append(Array(events[100...]), to: "a", unkeyedPartition: 2)
            for number in 0..<partitions {
                let expected = events.filter { event in
                    (event.key ?? []).withUnsafeBytes {
                        Partitioner.partition(ofKey: $0, partitions: partitions)
                    } == number
                }
                #expect(
                    try await engine.readAll("a", partition: number).records.events == expected)
            }
        },
        EngineCase("a copy is stored as it is, with ids that are known, where it is told to go") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 3))
            let events = [Event("one", id: "x", key: "k"), Event("other", id: "x", key: "k")]
            var records = EventRecords()
            for event in events + events { records.append(event) }
            let receipts = try await engine.append(
                StationAppend(station: "a", records: records, unkeyedPartition: 2, isCopy: true))
            #expect(receipts.count == 4)
            for receipt in receipts {
                guard case .stored(partition: 2, _) = receipt else {
                    Issue.record("\(receipt)")
                    continue
                }
            }
            let copied = try await engine.readAll("a", partition: 2).records
            #expect(copied.events == events + events)
            var (sum, same) = (EventSum(), EventSum())
            sum.add(copied)
            same.add(records)
            #expect(sum == same)
        },
        EngineCase("an event without a key goes to the partition that the append says") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 3))
            for partition: UInt32 in 0..<7 {
                try await engine.append(
                    texts: ["\(partition)"], to: "a", unkeyedPartition: partition)
            }
            #expect(try await engine.readAll("a", partition: 0).texts == ["0", "3", "6"])
            #expect(try await engine.readAll("a", partition: 1).texts == ["1", "4"])
            #expect(try await engine.readAll("a", partition: 2).texts == ["2", "5"])
        },
        EngineCase("events come back with all that they went in with") { bench in
            var random = SeededGenerator.printed(for: "events come back")
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var events: [Event] = []
            for _ in 0..<30 {
                let batch = (0..<random.number(0...60)).map { number in
                    var event = random.event()
                    // A short text may come twice; the second would be a duplicate.
                    if case .text = event.id { event.id = .text("\(events.count)-\(number)") }
                    return event
                }
                try await engine.append(batch, to: "a")
                events += batch
            }
            #expect(try await engine.readAll("a").records.events == events)
        },
        EngineCase("large events and large batches come back whole") { bench in
            var random = SeededGenerator.printed(for: "large events")
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let events = [10, 3_000_000, 0, 400_000, 1].map { bytes in
                Event(time: EventTime(microseconds: 0), payload: random.bytes(bytes))
            }
            try await engine.append(events, to: "a")
            let many = (0..<5_000).map { Event("number \($0)") }
            try await engine.append(many, to: "a")
            #expect(try await engine.readAll("a").records.events == events + many)
        },
        EngineCase("an append of nothing gets no receipts") { bench in
            _ = try await bench.engine.open("a", settings: nil)
            #expect(try await bench.engine.append([], to: "a").isEmpty)
        },
        EngineCase("a thousand at once each get an offset of their own") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var places: [UInt64: String] = [:]
            try await withThrowingTaskGroup(of: (UInt64?, String).self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let text = "\(number)"
                        return (try await engine.append(texts: [text], to: "a")[0].offset, text)
                    }
                }
                for try await (offset, text) in group { places[offset ?? .max] = text }
            }
            #expect(places.count == 1_000)
            let all = try await engine.readAll("a")
            #expect(Dictionary(uniqueKeysWithValues: zip(all.offsets, all.texts)) == places)
        },
        EngineCase("the events of a caller who was cancelled are written all the same") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let caller = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await engine.append(texts: ["x"], to: "a")
            }
            #expect(try await caller.value.map(\.isStored) == [true])
            #expect(try await engine.readAll("a").texts == ["x"])
        },
    ]

    static let duplicateCases = [
        EngineCase("an event that comes twice is stored once, and its first place is told") {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            let first = try await engine.append(
                [Event("x", id: "1"), Event("y", id: "2", key: "k")], to: "a", unkeyedPartition: 1)
            let again = try await engine.append(
                [Event("y", id: "2", key: "k"), Event("x", id: "1")], to: "a")
            #expect(first.map(\.isStored) == [true, true])
            #expect(again.map(\.asStored) == [first[1], first[0]])
            #expect(again.map(\.isStored) == [false, false])
            #expect(try await engine.describe("a").events == 2)
        },
        EngineCase("a station tells how many ids it knows", needs: [.countedWindow]) { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            for _ in 0..<2 {
                try await engine.append([Event("x", id: "1"), Event("y", id: "2")], to: "a")
            }
            #expect(try await engine.describe("a").window.ids == 2)
        },
        EngineCase("an id that comes with another payload is a conflict") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let first = try await engine.append([Event("x", id: "1")], to: "a")[0]
            let second = try await engine.append([Event("other", id: "1")], to: "a")[0]
            guard case .conflict(let partition, let offset) = second else {
                Issue.record("\(second)")
                return
            }
            #expect(AppendReceipt.stored(partition: partition, offset: offset) == first)
            #expect(try await engine.readAll("a").texts == ["x"])
        },
        EngineCase("events that are refused leave the others of their append in place") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await engine.append([Event("1", id: "1")], to: "a")
            let receipts = try await engine.append(
                [
                    Event("2", id: "2"), Event("1", id: "1"), Event("3"), Event("else", id: "1"),
                    Event("2", id: "2"), Event("else", id: "2"), Event("4", id: "4"),
                ], to: "a")
            #expect(
                receipts.map(\.kind) == [
                    "stored", "duplicate", "stored", "conflict", "duplicate", "conflict", "stored",
                ])
            #expect(receipts[4].offset == receipts[0].offset)
            #expect(try await engine.readAll("a").texts == ["1", "2", "3", "4"])
        },
        EngineCase("ids are told apart by their bytes, however they look") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let receipts = try await engine.append(
                [Event("x", id: "\u{e9}"), Event("y", id: "e\u{301}")], to: "a")
            #expect(receipts.map(\.isStored) == [true, true])
        },
        EngineCase("each station has ids of its own") { bench in
            let engine = bench.engine
            for station: StationName in ["a", "b"] {
                _ = try await engine.open(station, settings: nil)
                let receipts = try await engine.append([Event("\(station)", id: "1")], to: station)
                #expect(receipts.map(\.isStored) == [true])
            }
        },
        EngineCase("one id from many callers at once is stored once") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var receipts: [AppendReceipt] = []
            try await withThrowingTaskGroup(of: [AppendReceipt].self) { group in
                for _ in 0..<100 {
                    group.addTask { try await engine.append([Event("x", id: "1")], to: "a") }
                }
                for try await receipt in group { receipts += receipt }
            }
            #expect(receipts.count { $0.isStored } == 1)
            #expect(receipts.count { $0.kind == "duplicate" } == 99)
            #expect(Set(receipts.map(\.offset)).count == 1)
        },
        EngineCase("events without an id are never taken for each other") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let receipts = try await engine.append(texts: ["x", "x", "x"], to: "a")
            #expect(receipts.map(\.isStored) == [true, true, true])
        },
    ]
}

extension AppendReceipt {
    package var kind: String {
        switch self {
        case .stored: "stored"
        case .duplicate: "duplicate"
        case .conflict: "conflict"
        case .tooLarge: "too large"
        case .unexpected: "unexpected"
        }
    }

    /// What the event got that this one repeats.
    package var asStored: AppendReceipt {
        switch self {
        case .duplicate(let partition, let offset), .conflict(let partition, let offset):
            .stored(partition: partition, offset: offset)
        case .stored, .tooLarge, .unexpected: self
        }
    }
}
