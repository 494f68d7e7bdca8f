import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// Prints what the documentation says of backups and checks: run with `MOONRAIL_LONG=1`.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil))
struct MaintenanceMeasurements {
    /// Appends chunks of 64 events for as long as `body` runs, and prints how it went.
    private func measure(
        _ what: String, beside engine: EmbeddedEngine, _ body: () async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let writing = Task {
            var delays: [Duration] = []
            while !Task.isCancelled {
                let start = clock.now
                try await engine.append(Self.events(64), to: "a")
                delays.append(clock.now - start)
            }
            return delays.sorted()
        }
        let took = try await clock.measure(body)
        writing.cancel()
        let delays = try await writing.value
        let median = delays[delays.count / 2]
        let late = delays[delays.count * 99 / 100]
        print(
            "\(what): \(took); \(delays.count) appends, median \(median), 99 % \(late), "
                + "longest \(delays.last ?? .zero)")
    }

    private static func events(_ count: Int) -> [Event] {
        let payload = String(repeating: "x", count: 260)
        return (0..<count).map { Event(payload, key: "key \($0)") }
    }

    @Test func `a backup and a check of a million events`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        try await engine.open("a", settings: nil)
        for _ in 0..<1_000_000 / 5_000 { try await engine.append(Self.events(5_000), to: "a") }
        let store = directory.path + "/data/store.sqlite"
        func bytes(_ path: String) throws -> Int {
            try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        }
        print("the store has \(try bytes(store)) bytes")
        let clock = ContinuousClock()
        for round in 0..<2 {
            try await measure("nothing", beside: engine) { try await Task.sleep(for: .seconds(2)) }
            try await measure("backUp with its check", beside: engine) {
                _ = try await engine.backUp(to: directory.path + "/backup \(round)")
            }
            try await measure("check", beside: engine) {
                let report = try await engine.check()
                #expect(report.findings == [])
            }
            let reader = try DatabaseQueue(path: store)
            try await measure("VACUUM INTO alone", beside: engine) {
                try await reader.writeWithoutTransaction {
                    try $0.execute(sql: "VACUUM INTO '\(directory.path)/vacuum \(round)'")
                }
            }
            let copy = try DatabaseQueue(path: directory.path + "/pages \(round)")
            try await measure("page by page alone", beside: engine) { try reader.backup(to: copy) }
            print("the log has \(try bytes(store + "-wal")) bytes")
        }
        await engine.close()
        let path = directory.path + "/backup 0"
        print(
            "verifyBackup, quiet:",
            try await clock.measure { _ = try await EmbeddedEngine.verifyBackup(at: path) })
        let restored = directory.path + "/restored"
        print(
            "restore, quiet:",
            try await clock.measure {
                try await EmbeddedEngine.restore(backup: path, into: restored)
            })
    }
}
