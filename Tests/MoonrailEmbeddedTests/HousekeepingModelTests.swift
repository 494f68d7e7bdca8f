import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// One partition as it must look: all that was ever appended, with the times.
private struct PartitionModel {
    struct Entry {
        let text: String
        let key: String
        let appended: Int64
    }

    var entries: [Entry] = []
    var earliest: UInt64 = 0

    /// What `seek` must answer.
    func seek(_ time: Int64) -> UInt64 {
        let held = entries.indices.dropFirst(Int(earliest))
        return UInt64(held.first { entries[$0].appended >= time } ?? entries.count)
    }
}

/// An engine that merges and removes at every chance, beside a plain model.
private struct HouseRun {
    static let station: StationName = "a"

    let directory: ScratchDirectory
    let time = ManualTime()
    var engine: EmbeddedEngine
    var random: SeededGenerator
    var retention = Retention()
    var partitions = [PartitionModel(), PartitionModel(), PartitionModel()]
    var now: Int64 = 1_600_000_000_000_000
    var work = Housekeeping.Work()

    init(_ random: SeededGenerator) async throws {
        self.random = random
        directory = try ScratchDirectory()
        engine = try EmbeddedEngine(directory: directory.path, now: time.now)
        try await engine.open(Self.station, settings: StationSettings(partitions: 3))
    }

    mutating func reopen() async throws {
        await engine.close()
        engine = try EmbeddedEngine(
            directory: directory.path, cacheBytes: random.once(in: 2) ? 0 : 200_000,
            now: time.now)
    }

    mutating func append() async throws {
        now += Int64(random.number(0...3)) * 1_000_000
        time.set(EventTime(microseconds: now))
        // The commit reads the clock once, which moves it by one.
        let appended = now + 1
        now += 10
        let count = random.once(in: 20) ? random.number(100...1_500) : random.number(1...3)
        let events = (0..<count).map { _ in
            Event(random.text(random.number(0...30)), key: "key \(random.number(0...11))")
        }
        let receipts = try await engine.append(events, to: Self.station)
        for (event, receipt) in zip(events, receipts) {
            guard case .stored(let partition, let offset) = receipt, let key = event.key else {
                Issue.record("\(receipt)")
                return
            }
            #expect(offset == UInt64(partitions[Int(partition)].entries.count))
            partitions[Int(partition)].entries.append(
                .init(
                    text: String(decoding: event.payload, as: UTF8.self),
                    key: String(decoding: key, as: UTF8.self), appended: appended))
        }
    }

    mutating func alter() async throws {
        retention = Retention(
            age: random.once(in: 3) ? .seconds(random.number(10...1_000)) : nil,
            bytes: random.once(in: 3) ? UInt64(random.number(1_000...200_000)) : nil,
            events: random.once(in: 3) ? UInt64(random.number(1...5_000)) : nil)
        try await engine.keep(retention, in: Self.station)
    }

    mutating func tidy() async throws {
        let before = try await engine.describe(Self.station)
        let done = try await engine.tidy(
            Housekeeping(
                hotChunks: random.number(1...4),
                hotAge: .seconds(random.once(in: 2) ? 0 : random.number(1...30)),
                segmentEvents: random.once(in: 2) ? Bounds.batchEvents : random.number(1...50)))
        work.removedChunks += done.removedChunks
        work.mergedChunks += done.mergedChunks
        let after = try await engine.describe(Self.station)
        #expect(after.partitions.map(\.next) == before.partitions.map(\.next))
        let oldest = retention.age.map { now - $0.components.seconds * 1_000_000 } ?? .min
        var removed: [Int64] = []
        for (number, partition) in after.partitions.enumerated() {
            #expect(partition.earliest >= partitions[number].earliest)
            let gone = Int(partitions[number].earliest)..<Int(partition.earliest)
            removed += partitions[number].entries[gone].map(\.appended)
            partitions[number].earliest = partition.earliest
        }
        guard !removed.isEmpty else {
            #expect(after == before, "merging shows nowhere")
            return
        }
        // Each bound alone may remove what lies beyond it, and nothing that it keeps.
        let isOld = removed.allSatisfy { $0 < oldest }
        let leavesEvents = retention.events.map { after.events >= $0 } ?? false
        let leavesBytes = retention.bytes.map { after.bytes >= $0 } ?? false
        #expect(isOld || leavesEvents || leavesBytes)
    }

    mutating func check() async throws {
        for (number, model) in partitions.enumerated() {
            let count = model.entries.count
            let from = random.number(0...count + 2)
            let bounds = ReadBounds(
                events: random.number(1...700), bytes: random.number(1...30_000))
            let held = max(from, Int(model.earliest))..<max(from, count)
            let read = try await engine.readAll(
                Self.station, partition: UInt32(number), from: UInt64(from), bounds: bounds)
            #expect(read.offsets == held.map(UInt64.init))
            #expect(read.texts == held.map { model.entries[$0].text })
            let key = "key \(random.number(0...12))"
            let keyed = try await engine.readAll(
                key: key, of: Self.station, partition: UInt32(number), from: UInt64(from),
                bounds: bounds)
            let wanted = held.filter { model.entries[$0].key == key }
            #expect(keyed.offsets == wanted.map(UInt64.init))
            #expect(keyed.texts == wanted.map { model.entries[$0].text })
            for _ in 0..<10 {
                let at = random.number(0...count)
                let near = at < count ? model.entries[at].appended : now
                let time = near + Int64(random.number(-2...2)) * (random.once(in: 2) ? 1 : 500_000)
                let found = try await engine.seek(
                    Self.station, partition: UInt32(number), to: EventTime(microseconds: time))
                #expect(found == model.seek(time))
            }
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct HousekeepingModelTests {
    @Test(arguments: 0..<4)
    func `merging and removing show nowhere but in what is gone`(run: Int) async throws {
        var run = try await HouseRun(.printed(for: "merging and removing show nowhere, \(run)"))
        for _ in 0..<1_200 {
            switch run.random.number(0...59) {
            case 0: try await run.reopen()
            case 1...3: try await run.tidy()
            case 4: try await run.alter()
            case 5...8: try await run.check()
            default: try await run.append()
            }
        }
        try await run.tidy()
        try await run.reopen()
        try await run.check()
        #expect(try await run.engine.check().findings == [])
        #expect(run.work.mergedChunks > 100)
        #expect(run.work.removedChunks > 0)
        await run.engine.close()
    }
}
