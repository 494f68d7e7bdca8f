import MoonrailCore
import Testing

/// What an engine must look like after some calls, kept in plain dictionaries.
private struct EngineModel {
    struct Lane {
        var claim: LaneClaim
        var next: UInt64
        var processed: UInt64 = 0
        var settlements = 0
    }

    /// The payloads of each partition.
    var partitions: [[String]]
    /// Where each id is, and its payload.
    var ids: [String: (partition: UInt32, offset: UInt64, text: String)] = [:]
    var lanes: [UInt32: Lane] = [:]

    init(partitions: Int) {
        self.partitions = Array(repeating: [], count: partitions)
    }

    mutating func append(_ event: Event, unkeyed: UInt32) -> AppendReceipt {
        let text = String(decoding: event.payload, as: UTF8.self)
        if let id = event.id?.description, let known = ids[id] {
            return known.text == text
                ? .duplicate(partition: known.partition, offset: known.offset)
                : .conflict(partition: known.partition, offset: known.offset)
        }
        let count = UInt32(partitions.count)
        let partition =
            event.key.map { key in
                key.withUnsafeBytes { Partitioner.partition(ofKey: $0, partitions: count) }
            } ?? unkeyed % count
        let offset = UInt64(partitions[Int(partition)].count)
        partitions[Int(partition)].append(text)
        if let id = event.id?.description { ids[id] = (partition, offset, text) }
        return .stored(partition: partition, offset: offset)
    }
}

/// One engine and its model, taken through random calls.
private struct ModelRun {
    static let stations: [StationName] = ["in", "out"]
    static let partitions = 3

    let bench: EngineBench
    var random: SeededGenerator
    var models: [StationName: EngineModel] = [:]

    init(_ bench: EngineBench, _ random: SeededGenerator) async throws {
        self.bench = bench
        self.random = random
        for station in Self.stations {
            models[station] = EngineModel(partitions: Self.partitions)
            _ = try await bench.engine.open(
                station, settings: StationSettings(partitions: UInt32(Self.partitions)))
        }
    }

    /// Events of which some repeat an id, and some of those change its payload.
    mutating func events() -> [Event] {
        let most = random.once(in: 10) ? 1_200 : 20
        return (0..<random.number(0...most)).map { _ in
            let number = random.number(0...3_000)
            let id = random.once(in: 3) ? "id \(number)" : nil
            return Event(
                random.once(in: 20) ? "changed" : "payload \(number)", id: id,
                key: random.once(in: 2) ? "key \(number % 17)" : nil)
        }
    }

    mutating func append() async throws {
        let station = Self.stations[random.number(0...1)]
        let unkeyed = UInt32(random.number(0...5))
        let events = events()
        let expected = events.map { models[station]?.append($0, unkeyed: unkeyed) }
        let receipts = try await bench.engine.append(events, to: station, unkeyedPartition: unkeyed)
        #expect(receipts == expected)
    }

    mutating func claim() async throws {
        let partition = UInt32(random.number(0...Self.partitions - 1))
        let claim = try await bench.engine.claim(
            LaneID(function: "f", partition: partition), inputs: ["in"], start: .earliest)
        let known = models["in"]?.lanes[partition]
        #expect(claim.position == Position(["in": known?.next ?? 0]))
        #expect(claim.fence > known?.claim.fence ?? 0)
        models["in"]?.lanes[partition] = .init(
            claim: claim, next: known?.next ?? 0, processed: known?.processed ?? 0,
            settlements: known?.settlements ?? 0)
    }

    mutating func settle() async throws {
        let partition = UInt32(random.number(0...Self.partitions - 1))
        guard var lane = models["in"]?.lanes[partition] else { return }
        let end = UInt64(models["in"]?.partitions[Int(partition)].count ?? 0)
        var settlements: [Settlement] = []
        // What the output will hold if all goes well.
        var output = models["out"] ?? EngineModel(partitions: Self.partitions)
        var isRefused = false
        for _ in 0..<random.number(1...3) {
            let next = min(end, lane.next + UInt64(random.number(0...40)))
            guard next > lane.next else { break }
            let events = events()
            for event in events {
                let receipt = output.append(event, unkeyed: partition)
                if receipt.kind == "conflict" { isRefused = true }
            }
            var append = StationAppend(
                "out", events,
                causes: events.map { _ in random.number(0...Int(next - lane.next) - 1) })
            append.unkeyedPartition = partition
            settlements.append(
                lane.claim.settlement(of: "in", from: lane.next, to: next, appends: [append]))
            lane.processed += next - lane.next
            lane.next = next
            lane.settlements += 1
        }
        do {
            try await bench.engine.settle(settlements)
            #expect(!isRefused)
            models["out"] = output
            models["in"]?.lanes[partition] = lane
        } catch {
            #expect(isRefused, "\(error)")
        }
    }

    mutating func check() async throws {
        for (station, model) in models {
            for (number, texts) in model.partitions.enumerated() {
                let from = random.number(0...texts.count)
                let read = try await bench.engine.readAll(
                    station, partition: UInt32(number), from: UInt64(from),
                    bounds: ReadBounds(
                        events: random.number(1...600), bytes: random.number(1...20_000)))
                #expect(read.texts == Array(texts[from...]))
                #expect(read.offsets == (from..<texts.count).map(UInt64.init))
            }
        }
        let summaries = try await bench.engine.lanes()
        let lanes = models["in"]?.lanes ?? [:]
        #expect(summaries.count == lanes.count)
        for summary in summaries {
            let lane = try #require(lanes[summary.lane.partition])
            let held = models["in"]?.partitions[Int(summary.lane.partition)].count ?? 0
            #expect(summary.position == Position(["in": lane.next]))
            #expect(summary.counts.processed == lane.processed)
            #expect(summary.lag == UInt64(held) - lane.next)
            let journal = try await bench.engine.journal(of: summary.lane, from: 0, limit: 100_000)
            #expect(journal.count == lane.settlements)
        }
    }
}

extension EngineContract {
    static let modelCases = [
        EngineCase(
            "after random calls the engine holds what a plain model holds",
            needs: [.gaplessOffsets, .oneTransaction]
        ) { bench in
            var run = try await ModelRun(bench, .printed(for: "after random calls"))
            for _ in 0..<400 {
                switch run.random.number(0...19) {
                case 0: try await bench.reopen()
                case 1...2: try await run.claim()
                case 3...9: try await run.settle()
                case 10: try await run.check()
                default: try await run.append()
                }
            }
            try await run.check()
        }
    ]
}
