import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Synchronization
import Testing

/// A clock that moves only when a test says so.
private final class StandingTime: Sendable {
    private let microseconds = Mutex<Int64>(1_700_000_000_000_000)

    var now: EventTime { EventTime(microseconds: microseconds.withLock { $0 }) }

    func move(by step: Int64) { microseconds.withLock { $0 += step } }
}

/// The ids that a station should know, in the order in which they were given.
private struct WindowModel {
    struct Given {
        let id: String
        let text: String
        let receipt: AppendReceipt
        let appended: Int64
    }

    var reach: DuplicateReach
    let partitions: UInt32
    var given: [Given] = []
    /// When its latest event was appended.
    var latest = Int64.min

    /// The latest event of the id that is surely, or else perhaps, in the window at `now`.
    func find(_ id: String, now: Int64) -> (given: Given, isSure: Bool)? {
        let window = given.suffix(reach.ids)
        guard let found = window.last(where: { $0.id == id }) else { return nil }
        let age = Int64(reach.age / .microseconds(1))
        let old = max(now, latest) - found.appended
        if old <= age { return (found, true) }
        return old <= age + age / 1_024 + 1 ? (found, false) : nil
    }

    /// Checks an append's receipts and learns from them.
    mutating func check(_ receipts: [AppendReceipt], of events: [Event], now: Int64) {
        var added: [Given] = []
        for (receipt, event) in zip(receipts, events) {
            let text = String(decoding: event.payload, as: UTF8.self)
            guard let id = event.id?.description else {
                #expect(receipt.isStored)
                continue
            }
            let earlier = added.first { $0.id == id }.map { ($0, true) } ?? find(id, now: now)
            if let (earlier, isSure) = earlier, isSure || !receipt.isStored {
                #expect(receipt.asStored == earlier.receipt)
                #expect(receipt.kind == (earlier.text == text ? "duplicate" : "conflict"))
            } else {
                #expect(receipt.isStored, "\(id) is not in the window")
                added.append(
                    Given(id: id, text: text, receipt: receipt, appended: max(now, latest)))
            }
        }
        // One commit numbers its ids partition by partition.
        given += added.sorted { $0.receipt.place < $1.receipt.place }
        if receipts.contains(where: \.isStored) { latest = max(now, latest) }
    }
}

extension AppendReceipt {
    fileprivate var place: (UInt32, UInt64) {
        if case .stored(let partition, let offset) = self { (partition, offset) } else { (0, 0) }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct WindowModelTests {
    private static let stations: [StationName: UInt32] = ["one": 1, "three": 3]

    private static func events(_ random: inout SeededGenerator) -> [Event] {
        (0..<random.number(0...(random.once(in: 8) ? 40 : 4))).map { _ in
            let number = random.number(0...40)
            return Event(
                random.once(in: 6) ? "changed" : "text \(number)",
                id: random.once(in: 5) ? nil : "id \(number)",
                key: random.once(in: 2) ? "key \(number % 7)" : nil)
        }
    }

    private static func reach(_ random: inout SeededGenerator) -> DuplicateReach {
        DuplicateReach(ids: random.number(1...30), age: .seconds(random.number(1...3)))
    }

    /// Steps of nothing, of little, of about an age, and back.
    private static func step(_ random: inout SeededGenerator) -> Int64 {
        switch random.number(0...9) {
        case 0...3: 0
        case 4...6: Int64(random.number(1...300_000))
        case 7: Int64(random.number(1...3) * 1_000_000 + random.number(-1_500...1_500))
        case 8: Int64(random.number(0...5_000_000))
        default: -Int64(random.number(0...4_000_000))
        }
    }

    @Test func `an engine that is reopened and merged at any time answers as one that never was`()
        async throws
    {
        var random = SeededGenerator.printed()
        for _ in 0..<6 {
            let time = StandingTime()
            let (steady, reopened) = (try ScratchDirectory(), try ScratchDirectory())
            let first = try EmbeddedEngine(directory: steady.path) { time.now }
            var second = try EmbeddedEngine(directory: reopened.path) { time.now }
            var models: [StationName: WindowModel] = [:]
            for (name, partitions) in Self.stations {
                let settings = StationSettings(
                    partitions: partitions, duplicates: Self.reach(&random))
                for engine in [first, second] { try await engine.open(name, settings: settings) }
                models[name] = WindowModel(reach: settings.duplicates, partitions: partitions)
            }
            for _ in 0..<400 {
                time.move(by: Self.step(&random))
                let name: StationName = random.once(in: 2) ? "one" : "three"
                if random.once(in: 40), let partitions = models[name]?.partitions {
                    let settings = StationSettings(
                        partitions: partitions, duplicates: Self.reach(&random))
                    for engine in [first, second] {
                        try await engine.alter(name, settings: settings)
                    }
                    models[name]?.reach = settings.duplicates
                }
                if random.once(in: 20) { try await second.tidy(.small) }
                if random.once(in: 6) {
                    await second.close()
                    second = try EmbeddedEngine(directory: reopened.path) { time.now }
                }
                let events = Self.events(&random)
                let unkeyed = UInt32(random.number(0...2))
                let receipts = try await first.append(
                    events, to: name, unkeyedPartition: unkeyed)
                #expect(
                    try await second.append(events, to: name, unkeyedPartition: unkeyed)
                        == receipts)
                models[name]?.check(receipts, of: events, now: time.now.microseconds)
                #expect(try await first.stations() == (try await second.stations()))
            }
            await first.close()
            await second.close()
        }
    }

    @Test func `a station tells how far its window reaches, before and after it is reopened`()
        async throws
    {
        let time = StandingTime()
        let start = time.now.microseconds
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path) { time.now }
        let reach = DuplicateReach(ids: 5, age: .seconds(10))
        try await engine.open("a", settings: StationSettings(partitions: 2, duplicates: reach))
        #expect(try await engine.describe("a").window == WindowSummary())
        for number in 0..<8 {
            try await engine.append(
                [Event("x", id: "\(number)")], to: "a", unkeyedPartition: UInt32(number))
            try await engine.append(texts: ["without an id"], to: "a")
            time.move(by: 1_000_000)
        }
        func window(_ ids: Int, sinceSecond: Int64?) async throws {
            let expected = WindowSummary(
                ids: ids,
                since: sinceSecond.map { EventTime(microseconds: start + $0 * 1_000_000) })
            #expect(try await engine.describe("a").window == expected)
            await engine.close()
            engine = try EmbeddedEngine(directory: directory.path) { time.now }
            #expect(try await engine.describe("a").window == expected)
        }
        try await window(5, sinceSecond: 3)
        time.move(by: 6_500_000)
        try await window(3, sinceSecond: 5)
        try await engine.alter(
            "a",
            settings: StationSettings(
                partitions: 2, duplicates: DuplicateReach(ids: 2, age: .seconds(10))))
        try await window(2, sinceSecond: 6)
        try await engine.alter(
            "a",
            settings: StationSettings(
                partitions: 2, duplicates: DuplicateReach(ids: 100, age: .seconds(100))))
        try await window(8, sinceSecond: 0)
        time.move(by: 200_000_000)
        try await window(0, sinceSecond: nil)
        await engine.close()
    }

    @Test func `a window that is widened knows again what is still stored`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        func alter(_ ids: Int) async throws {
            try await engine.alter(
                "a", settings: StationSettings(duplicates: DuplicateReach(ids: ids)))
        }
        func kinds() async throws -> [String] {
            try await engine.append(
                StationAppend(
                    station: "a", records: EventRecords((0..<6).map { Event("y", id: "\($0)") }),
                    expectation: .lastOfPartition(0, offset: 1_000))
            ).map(\.kind)
        }
        try await engine.open("a", settings: nil)
        for number in 0..<6 { try await engine.append([Event("x", id: "\(number)")], to: "a") }
        #expect(try await kinds() == Array(repeating: "conflict", count: 6))
        try await alter(2)
        #expect(
            try await kinds() == Array(repeating: "unexpected", count: 4)
                + Array(repeating: "conflict", count: 2))
        try await alter(5)
        #expect(
            try await kinds() == ["unexpected"] + Array(repeating: "conflict", count: 5))
        await engine.close()
    }

    @Test func `what retention removes leaves the window, before and after a start`()
        async throws
    {
        var random = SeededGenerator.printed()
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        var settings = StationSettings(partitions: 3)
        try await engine.open("a", settings: settings)
        // Nothing of it is stored: the receipts only tell what is known.
        let probe = StationAppend(
            station: "a", records: EventRecords((0...60).map { Event("other", id: "\($0)") }),
            expectation: .lastOfPartition(0, offset: 1_000_000))
        for _ in 0..<60 {
            for _ in 0..<random.number(1...5) {
                try await engine.append(
                    (0..<random.number(0...6)).map { _ in
                        Event("x", id: random.once(in: 4) ? nil : "\(random.number(0...60))")
                    }, to: "a", unkeyedPartition: UInt32(random.number(0...2)))
            }
            if random.once(in: 3) {
                settings.retention = Retention(events: UInt64(random.number(5...80)))
                try await engine.alter("a", settings: settings)
            }
            if random.once(in: 2) { try await engine.tidy(.small) }
            let left = try directory.copy()
            let survivor = try EmbeddedEngine(directory: left.path)
            let window = try await engine.describe("a").window
            #expect(try await survivor.describe("a").window == window)
            let receipts = try await engine.append(probe)
            #expect(try await survivor.append(probe) == receipts)
            #expect(receipts.count { $0.kind == "conflict" } == window.ids)
            // Whatever is known is held.
            let summaries = try await engine.describe("a").partitions
            for case .conflict(let partition, let offset) in receipts {
                #expect(offset >= summaries[Int(partition)].earliest)
            }
            await survivor.close()
            withExtendedLifetime(left) {}
        }
        await engine.close()
    }
}
