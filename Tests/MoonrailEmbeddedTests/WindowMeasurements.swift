import Foundation
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Prints what the documentation says of windows and expectations: run with `MOONRAIL_LONG=1`.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil))
struct WindowMeasurements {
    private static let events = 1_000_000
    private static let batchEvents = 4_096

    private static let payload = [UInt8](repeating: 120, count: 251)

    /// Events whose records have 251 bytes, some 40 of them the id or the key.
    private static func batch(_ start: Int, ids: Bool, keys: Int?) -> EventRecords {
        var records = EventRecords()
        for number in start..<start + batchEvents {
            let id = ids ? "producer-7c9e6679-7425-40de-944b-\(1_000_000_000 + number)" : nil
            let key = keys.map { Array("customer-\(10_000_000 + number &* 7_919 % $0)".utf8) }
            let bytes = 251 - EventRecord.fixedBytes - (id?.utf8.count ?? 0) - (key?.count ?? 0)
            records.append(
                Event(
                    id: id.map { .text($0) }, key: key, time: EventTime(microseconds: 0),
                    payload: Array(payload.prefix(bytes))))
        }
        return records
    }

    /// The process's CPU time for each event that `body` appends, in nanoseconds.
    private static func cpu(_ body: () async throws -> Void) async rethrows -> Double {
        func now() -> Double {
            var usage = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &usage)
            return Double(usage.tv_sec) * 1e9 + Double(usage.tv_nsec)
        }
        let start = now()
        try await body()
        return (now() - start) / Double(events)
    }

    private static func fill(
        _ engine: EmbeddedEngine, _ station: StationName, ids: Bool = false, keys: Int? = nil
    ) async throws {
        try await engine.open(station, settings: nil)
        for start in stride(from: 0, to: events, by: batchEvents) {
            let records = batch(start, ids: ids, keys: keys)
            _ = try await engine.append(StationAppend(station: station, records: records))
        }
    }

    @Test func `a window of a million ids`() async throws {
        let directory = try ScratchDirectory()
        var engine = try EmbeddedEngine(directory: directory.path)
        for (station, ids) in [("plain", false), ("ids", true)] as [(StationName, Bool)] {
            let preparing = await Self.cpu {
                for start in stride(from: 0, to: Self.events, by: Self.batchEvents) {
                    _ = Self.batch(start, ids: ids, keys: nil)
                }
            }
            let all = try await Self.cpu { try await Self.fill(engine, station, ids: ids) }
            print("appending to '\(station)': \(Int(all - preparing)) ns of CPU an event")
        }
        await engine.close()
        engine = try EmbeddedEngine(directory: directory.path)
        let clock = ContinuousClock()
        var summary = try await engine.describe("ids")
        let describing = try await clock.measure { summary = try await engine.describe("ids") }
        let rebuilding = try await clock.measure {
            _ = try await engine.append([Event("first")], to: "ids")
            _ = try await engine.append([Event("x", id: "new")], to: "ids")
        }
        print("rebuilding \(summary.window.ids) ids: \(rebuilding)")
        print("describing the station: \(describing)")
        await engine.close()
    }

    @Test(arguments: [10_000, 400_000, 1_000_000])
    func `expecting the last offset of a key among a million events`(keys: Int) async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await Self.fill(engine, "a", keys: keys)
        let clock = ContinuousClock()
        func expect(_ key: String) async throws -> Duration {
            try await clock.measure {
                _ = try await engine.append(
                    StationAppend(
                        station: "a", records: EventRecords([Event("x", key: key)]),
                        expectation: .lastOfKey(Array(key.utf8), offset: nil)))
            }
        }
        print("\(keys) keys: a known key \(try await expect("customer-10000007"))")
        print("\(keys) keys: the first new key \(try await expect("new 1"))")
        print("\(keys) keys: the second new key \(try await expect("new 2"))")
        print("\(keys) keys: a known key \(try await expect("customer-10000008"))")
        await engine.close()
    }
}
