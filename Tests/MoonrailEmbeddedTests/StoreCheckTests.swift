import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import Testing

/// A closed store with 100 events in `in`, of which a lane has settled 50 into `out`.
private struct SettledStore {
    let directory: ScratchDirectory

    init(events: Int = 100, payloadBytes: Int = 0) async throws {
        directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        for name: StationName in ["in", "out"] { try await engine.open(name, settings: nil) }
        // Random, so that it is stored as it is.
        var random = SeededGenerator(seed: 1)
        let rest = payloadBytes == 0 ? "" : "xxx" + random.text(payloadBytes)
        for number in 0..<events {
            try await engine.append([Event("\(number)\(rest)", id: "\(number)")], to: "in")
        }
        let claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
        for number in 0..<UInt64(events / 2) {
            var records = EventRecords()
            records.append(
                Event("of \(number)"),
                cause: Cause(
                    origin: Origin(
                        function: "f", version: FunctionVersion(text: "v"), generation: 0,
                        station: "in", partition: 0),
                    offset: number, emission: 0, causationID: nil, correlationID: nil))
            try await engine.settle([
                claim.settlement(
                    of: "in", from: number, to: number + 1,
                    appends: [StationAppend(station: "out", records: records, causes: [0])])
            ])
        }
        await engine.close()
    }

    /// Changes the store behind the engine's back.
    func damage(_ sql: String) async throws {
        let file = try StoreFile(directory: directory.path)
        try await file.pool.write { try $0.execute(sql: sql) }
        try file.pool.close()
    }

    /// What the check says of it, closed and open.
    func findings() async throws -> [String] {
        let closed = try await EmbeddedEngine.check(directory: directory.path)
        if let engine = try? EmbeddedEngine(directory: directory.path) {
            #expect(try await engine.check() == closed)
            await engine.close()
        }
        return closed.findings.map { finding in
            let advice = "; the file is damaged: keep a copy of it and restore a backup"
            return finding.message.hasSuffix(advice)
                ? String(finding.message.dropLast(advice.count)) : finding.message
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct StoreCheckTests {
    @Test func `a store that is as it was written has no findings`() async throws {
        let store = try await SettledStore()
        let report = try await EmbeddedEngine.check(directory: store.directory.path)
        #expect(report.findings == [])
        #expect((report.stations, report.events, report.lanes) == (2, 150, 1))
        #expect((report.chunks, report.journalRecords) == (150, 50))
    }

    @Test(arguments: [
        (
            "DELETE FROM chunk_1 WHERE first_offset BETWEEN 7 AND 9",
            "station 'in', partition 0: offsets 7 to 9 are missing"
        ),
        (
            "UPDATE chunk_1 SET count = 3 WHERE first_offset = 7",
            "station 'in', partition 0: the chunk of offsets 7 to 9 is damaged"
        ),
        (
            "UPDATE chunk_1 SET body = zeroblob(40) WHERE first_offset = 7",
            "station 'in', partition 0: the chunk of offsets 7 to 7 is damaged"
        ),
        (
            "UPDATE chunk_1 SET appended_max = 5 WHERE first_offset = 7",
            "station 'in', partition 0, offsets 7 to 7: time or running totals are less"
        ),
        (
            "UPDATE chunk_1 SET ids_after = 0 WHERE first_offset = 7",
            "station 'in', partition 0, offsets 7 to 7: time or running totals are less"
        ),
        (
            "UPDATE chunk_1 SET count = 'x' WHERE first_offset = 7",
            "station 'in', partition 0: the chunk at offset 7 is damaged: its count"
        ),
        (
            "UPDATE lane_position SET next = 49",
            "station 'out', partition 0, offset 49: emitted by function 'f' for offset 49 of "
                + "station 'in', partition 0, which its lane has not settled"
        ),
        (
            "UPDATE lane_position SET next = 101",
            "lane f/0: its position in station 'in' is 101, beyond the end at 100"
        ),
        (
            "UPDATE lane_position SET next = 60",
            "lane f/0: its position takes station 'in' from offset 60 on, though events were "
                + "taken only up to 49"
        ),
        (
            "DELETE FROM journal WHERE sequence = 7", "lane f/0: journal records 7 to 7 are missing"
        ),
        (
            "DELETE FROM journal WHERE sequence = 49",
            "lane f/0: its journal ends before record 49, not 50"
        ),
        (
            "UPDATE journal SET record = x'0203' WHERE sequence = 7",
            "lane f/0: journal record 7 is damaged"
        ),
        (
            "UPDATE journal SET record = (SELECT record FROM journal WHERE sequence = 5) "
                + "WHERE sequence = 7",
            "lane f/0: journal record 7 takes station 'in' from offset 5 on, though events up to "
                + "6 were taken before"
        ),
        ("UPDATE lane SET fence = -1", "a lane can't be read: its fence"),
        ("DROP TABLE chunk_2", "can't read the store: no such table: chunk_2"),
    ])
    func `what is wrong is named with its place`(damage: String, finding: String) async throws {
        let store = try await SettledStore()
        try await store.damage(damage)
        let findings = try await store.findings()
        #expect(findings.contains { $0.hasPrefix(finding) }, "\(findings)")
    }

    @Test func `a station that was made again under its name is no finding`() async throws {
        let store = try await SettledStore()
        let engine = try EmbeddedEngine(directory: store.directory.path)
        try await engine.delete("in")
        #expect(try await engine.check().findings == [])
        try await engine.open("in", settings: nil)
        let lane = LaneID(function: "f", partition: 0)
        let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
        #expect(try await engine.check().findings == [])
        try await engine.append(texts: ["0", "1"], to: "in")
        try await engine.settle([claim.settlement(of: "in", from: 0, to: 1)])
        #expect(try await engine.check().findings == [])
        await engine.close()
    }

    @Test func `a check ends after as many findings as tell enough`() async throws {
        let store = try await SettledStore(events: 300)
        try await store.damage("UPDATE chunk_1 SET body = zeroblob(40)")
        let findings = try await store.findings()
        #expect(findings.count == StoreReport.findingsMaximum)
    }

    @Test func `a page that is gone is named with the offsets on it, and never served`()
        async throws
    {
        let store = try await SettledStore(payloadBytes: 3_000)
        let file = try StoreFile(directory: store.directory.path)
        _ = try await file.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try file.pool.close()
        let path = store.directory.path + "/store.sqlite"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // The page on which the 50th event lies.
        let place = try #require(bytes.range(of: Data("50xxx".utf8))).lowerBound
        let page = place / 8_192 * 8_192
        bytes.replaceSubrange(page..<page + 8_192, with: repeatElement(0, count: 8_192))
        try bytes.write(to: URL(fileURLWithPath: path))
        let findings = try await store.findings()
        let named = try #require(
            findings.first { $0.hasPrefix("station 'in', partition 0: offsets ") }, "\(findings)")
        let numbers = named.split(separator: " ").compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers[0] <= 50 && numbers[1] >= 50, "\(named)")

        let engine = try EmbeddedEngine(directory: store.directory.path)
        let error = await #expect(throws: EngineError.self) { try await engine.readAll("in") }
        guard case .corrupt(let what) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(what.hasPrefix("station 'in', partition 0, from offset "))
        #expect(try await engine.readAll("out").count == 50)
        #expect(try await engine.append(texts: ["x"], to: "out").map(\.isStored) == [true])
        await engine.close()
    }
}
