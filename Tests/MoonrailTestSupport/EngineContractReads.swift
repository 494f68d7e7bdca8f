import MoonrailCore
import Testing

extension EngineContract {
    static let readCases = [
        EngineCase("reading begins at any offset and ends at any bound", needs: [.gaplessOffsets]) {
            bench in
            var random = SeededGenerator.printed(for: "reading begins at any offset")
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var events: [Event] = []
            while events.count < 2_000 {
                let batch = (0..<random.number(1...700)).map { _ in
                    Event(
                        time: EventTime(microseconds: 0),
                        payload: random.bytes(random.number(0...300)))
                }
                try await engine.append(batch, to: "a")
                events += batch
            }
            let sizes = events.map { EventRecords([$0]).bytes.count }
            for _ in 0..<300 {
                let offset = random.number(0...events.count + 5)
                let bounds = ReadBounds(
                    events: random.number(1...900), bytes: random.number(1...60_000))
                var count = 0
                var bytes = 0
                for size in sizes.dropFirst(offset) {
                    if count == bounds.events || (count > 0 && bytes + size > bounds.bytes) {
                        break
                    }
                    count += 1
                    bytes += size
                }
                let read = try await engine.read(
                    StationCursor(station: "a", partition: 0, offset: UInt64(offset)),
                    bounds: bounds)
                #expect(read.records.events == Array(events.dropFirst(offset).prefix(count)))
                #expect(read.offsets == (offset..<offset + count).map(UInt64.init))
            }
        },
        EngineCase("an event over the bounds comes alone") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            let large = String(repeating: "x", count: 5_000)
            let texts = ["1", large, large, "2", "3"]
            try await engine.append(texts: texts, to: "a")
            let bounds = ReadBounds(events: 100, bytes: 1_000)
            var cursor = StationCursor(station: "a", partition: 0, offset: 0)
            var reads: [[String]] = []
            while case let part = try await engine.read(cursor, bounds: bounds),
                let last = part.offsets.last
            {
                reads.append(part.texts)
                cursor.offset = last + 1
            }
            #expect(reads == [["1"], [large], [large], ["2", "3"]])
        },
        EngineCase("reading at the end and behind it gives nothing") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            for partition: UInt32 in 0..<2 {
                #expect(try await engine.readAll("a", partition: partition).isEmpty)
            }
            let receipt = try await engine.append(texts: ["x"], to: "a")[0]
            let offset = try #require(receipt.offset)
            for behind in [offset + 1, offset + 1_000, UInt64(Int64.max), .max] {
                let cursor = StationCursor(station: "a", partition: 0, offset: behind)
                #expect(try await engine.read(cursor, bounds: ReadBounds()).isEmpty)
            }
            #expect(try await engine.readAll("a", partition: 1).isEmpty)
        },
        EngineCase("what was appended is there for a reader at once") { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    group.addTask {
                        for number in 0..<20 {
                            let receipt = try await engine.append(
                                texts: ["\(writer).\(number)"], to: "a")[0]
                            let cursor = StationCursor(
                                station: "a", partition: 0, offset: try #require(receipt.offset))
                            let read = try await engine.read(cursor, bounds: ReadBounds(events: 1))
                            #expect(read.texts == ["\(writer).\(number)"])
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
        EngineCase("emitted events of several functions keep their causes") { bench in
            let engine = bench.engine
            for name: StationName in ["in", "out"] {
                _ = try await engine.open(name, settings: nil)
            }
            try await engine.append(texts: ["1", "2", "3"], to: "in")
            for number in 0..<3 {
                let lane = LaneID(function: try FunctionName("f\(number)"), partition: 0)
                let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
                var records = EventRecords()
                for emission in 0..<5 {
                    records.append(
                        Event("\(number).\(emission)"),
                        cause: Cause(
                            origin: Origin(
                                function: lane.function, version: FunctionVersion(text: "v"),
                                generation: 0, station: "in", partition: 0),
                            offset: 0, emission: UInt16(emission), causationID: nil,
                            correlationID: .text("c\(number)")))
                }
                let append = StationAppend(
                    station: "out", records: records, causes: [0, 0, 0, 0, 0])
                try await engine.settle([
                    claim.settlement(of: "in", from: claim.position["in"], to: 1, appends: [append])
                ])
            }
            let out = try await engine.readAll("out")
            #expect(
                out.causes.map { $0?.origin.function.text } == [
                    "f0", "f0", "f0", "f0", "f0", "f1", "f1", "f1", "f1", "f1", "f2", "f2", "f2",
                    "f2",
                    "f2",
                ])
            #expect(
                out.causes.map { $0?.emission } == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
            #expect(out.causes.last??.correlationID == .text("c2"))
        },
    ]

    static let seekCases = [
        EngineCase("seeking finds the first event appended at a time or later", needs: [.givenTime])
        {
            bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var firsts: [(time: Int64, offset: UInt64)] = []
            for number in 1...40 {
                let time = Int64(number) * 1_000_000
                bench.time.set(EventTime(microseconds: time))
                let receipts = try await engine.append(
                    texts: Array(repeating: "x", count: number * 37 % 700 + 1), to: "a")
                firsts.append((time, try #require(receipts[0].offset)))
            }
            let end = try await engine.describe("a").partitions[0].next
            for (number, first) in firsts.enumerated() {
                let next = number + 1 < firsts.count ? firsts[number + 1].offset : end
                for (time, offset) in [
                    (first.time - 500_000, first.offset), (first.time, first.offset),
                    (first.time + 500_000, next),
                ] {
                    let found = try await engine.seek(
                        "a", partition: 0, to: EventTime(microseconds: time))
                    #expect(found == offset, "\(time)")
                }
            }
            for (time, offset) in [(Int64.min, UInt64(0)), (.max, end)] {
                #expect(
                    try await engine.seek("a", partition: 0, to: EventTime(microseconds: time))
                        == offset)
            }
        },
        EngineCase("an empty partition is sought to its end", needs: [.givenTime]) { bench in
            _ = try await bench.engine.open("a", settings: nil)
            #expect(
                try await bench.engine.seek("a", partition: 0, to: EventTime(microseconds: 0)) == 0)
        },
        EngineCase(
            "a clock that steps back does not make a partition's times decrease",
            needs: [.givenTime]
        ) { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: nil)
            var offsets: [UInt64] = []
            for seconds: Int64 in [100, 50, 10, 200, 150] {
                bench.time.set(EventTime(microseconds: seconds * 1_000_000))
                let receipt = try await engine.append(texts: ["\(seconds)"], to: "a")[0]
                offsets.append(try #require(receipt.offset))
            }
            let end = try await engine.describe("a").partitions[0].next
            func seek(_ seconds: Int64) async throws -> UInt64 {
                try await engine.seek(
                    "a", partition: 0, to: EventTime(microseconds: seconds * 1_000_000))
            }
            #expect(try await seek(5) == offsets[0])
            #expect(try await seek(60) == offsets[0])
            #expect(try await seek(101) == offsets[3], "those in between count as of 100")
            #expect(try await seek(201) == end)
            try await bench.reopen()
            bench.time.set(EventTime(microseconds: 1))
            try await bench.engine.append(texts: ["late"], to: "a")
            #expect(
                try await bench.engine.seek(
                    "a", partition: 0, to: EventTime(microseconds: 150_000_000)) == offsets[3])
        },
        EngineCase(
            "each event is known to have been appended when it was, also once it is merged",
            needs: [.givenTime, .gaplessOffsets]
        ) { bench in
            let engine = bench.engine
            _ = try await engine.open("a", settings: StationSettings(partitions: 2))
            var place = StationCursor(station: "a", partition: 1, offset: 0)
            #expect(try await engine.appendedAt(place) == nil)
            for seconds: Int64 in 1...40 {
                bench.time.set(EventTime(microseconds: seconds * 1_000_000))
                let texts = (0..<seconds % 3 + 1).map { "\($0)" }
                _ = try await engine.append(
                    StationAppend(
                        station: "a", records: EventRecords(texts.map { Event($0) }),
                        unkeyedPartition: 1))
            }
            for isMerged in [false, true] {
                if isMerged { try await bench.tidy() }
                place.offset = 0
                for seconds: Int64 in 1...40 {
                    for _ in 0..<seconds % 3 + 1 {
                        let appended = try await engine.appendedAt(place)
                        // The clock moves a little each time it is read.
                        #expect(appended.map { $0.microseconds / 1_000_000 } == seconds)
                        place.offset += 1
                    }
                }
                #expect(try await engine.appendedAt(place) == nil)
            }
            let refusal = await engineError { () async throws(EngineError) in
                _ = try await engine.appendedAt(
                    StationCursor(station: "a", partition: 2, offset: 0))
            }
            #expect(refusal == .partitionNotFound("a", partition: 2, count: 2))
        },
    ]
}
