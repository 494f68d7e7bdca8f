import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Prints what the documentation says of speed and size: run with `MOONRAIL_LONG=1`.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil))
struct StoreMeasurements {
    private static let events = 1_000_000
    private static let keys = 10_000

    /// Events whose records have 251 bytes.
    private static func batch(_ start: Int) -> EventRecords {
        var records = EventRecords()
        for number in start..<start + 5_120 {
            let key = Array("key \(10_000 + number &* 7_919 % keys)".utf8)
            let text = "\(number)"
            records.append(
                Event(
                    key: key, time: EventTime(microseconds: 0),
                    payload: Array(text.utf8)
                        + [UInt8](repeating: 32, count: 251 - 24 - key.count - text.utf8.count)))
        }
        return records
    }

    private static func fill(_ engine: EmbeddedEngine) async throws -> Int {
        try await engine.open("a", settings: nil)
        var count = 0
        while count < events {
            let batch = batch(count)
            _ = try await engine.append(StationAppend(station: "a", records: batch))
            count += batch.count
        }
        return count
    }

    private static func milliseconds(_ duration: Duration) -> String {
        String(
            format: "%.1f ms",
            Double(duration.components.attoseconds) / 1e15
                + Double(duration.components.seconds) * 1e3)
    }

    private static var cpuSeconds: Double {
        var usage = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &usage)
        return Double(usage.tv_sec) + Double(usage.tv_nsec) / 1e9
    }

    @Test func `reading one key of a million events`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        let count = try await Self.fill(engine)
        let clock = ContinuousClock()
        for isIndexed in [false, true] {
            if isIndexed {
                let took = try await clock.measure { try await engine.tidy(.eager) }
                print("indexing \(count) events: \(Self.milliseconds(took))")
            }
            for round in 0..<4 {
                var found = 0
                let took = try await clock.measure {
                    found = try await engine.readAll(key: "key 1234\(round)", of: "a").offsets.count
                }
                print(
                    "\(found) events of one key of \(Self.keys), "
                        + "\(isIndexed ? "indexed" : "scanned"): \(Self.milliseconds(took))")
            }
        }
        await engine.close()
        let file = try StoreFile(directory: directory.path)
        for sql in [
            "SELECT sum(length(keys)) FROM segment_1", "SELECT sum(length(parts)) FROM segment_1",
        ] {
            let bytes = try await file.pool.read { try Int.fetchOne($0, sql: sql) } ?? 0
            print("\(sql): \(Double(bytes) / Double(count)) bytes an event")
        }
        try file.pool.close()
    }

    @Test func `eight readers of one station, with and without shared chunks`() async throws {
        let directory = try ScratchDirectory()
        let filled = try EmbeddedEngine(directory: directory.path)
        let count = try await Self.fill(filled)
        await filled.close()
        for cacheBytes in [ChunkCache.bytesMax, 0, ChunkCache.bytesMax, 0] {
            let engine = try EmbeddedEngine(directory: directory.path, cacheBytes: cacheBytes)
            let start = Self.cpuSeconds
            let took = try await ContinuousClock().measure {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            var cursor = StationCursor(station: "a", partition: 0, offset: 0)
                            var seen = 0
                            while true {
                                let part = try await engine.read(cursor, bounds: ReadBounds())
                                guard let last = part.offsets.last else { return seen }
                                seen += part.count
                                cursor.offset = last + 1
                            }
                        }
                    }
                    for try await seen in group { #expect(seen == count) }
                }
            }
            let cpu = (Self.cpuSeconds - start) * 1e9 / Double(8 * count)
            print(
                "8 readers of \(count) events, \(cacheBytes >> 20) MiB shared: "
                    + "\(Self.milliseconds(took)), \(Int(cpu)) ns of CPU an event read")
            await engine.close()
        }
    }

    @Test func `appends while old events are removed and small chunks merged`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["old", "small", "live"] {
            try await engine.open(name, settings: nil)
        }
        for number in 0..<20_000 {
            let event = Event(String(repeating: "x", count: 200), key: "\(number)")
            try await engine.append([event], to: "small")
        }
        for number in 0..<200 {
            _ = try await engine.append(
                StationAppend(station: "old", records: Self.batch(number * 5_120)))
        }
        try await Self.printLatencies(engine, "with nothing else")
        try await engine.keep(Retention(events: 1_000), in: "old")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await engine.keepHouse(Housekeeping(hotAge: .zero)) { Issue.record("\($0)") }
            }
            try await Self.printLatencies(engine, "with housekeeping")
            group.cancelAll()
        }
        let left = try await engine.describe("old").events
        print("removed meanwhile: \(200 * 5_120 - Int(left)) events")
        let clock = ContinuousClock()
        var work = Housekeeping.Work()
        let took = try await clock.measure { work = try await engine.tidy(.eager) }
        print("the rest without rests: \(work), \(Self.milliseconds(took))")
        await engine.close()
    }

    /// Appends single events for three seconds and prints how long they took.
    private static func printLatencies(_ engine: EmbeddedEngine, _ when: String) async throws {
        let clock = ContinuousClock()
        var latencies: [Duration] = []
        let end = clock.now + .seconds(3)
        while clock.now < end {
            latencies.append(
                try await clock.measure { try await engine.append(texts: ["x"], to: "live") })
        }
        latencies.sort()
        let places = [0.5, 0.9, 0.99, 0.999, 1].map { share in
            milliseconds(latencies[Int(Double(latencies.count - 1) * share)])
        }
        print("\(latencies.count) appends \(when): 50, 90, 99, 99.9, 100 %: \(places)")
    }
}
