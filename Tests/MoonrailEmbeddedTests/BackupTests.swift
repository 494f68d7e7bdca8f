import Foundation
import GRDB
import MoonrailCore
import MoonrailEmbedded
import MoonrailTestSupport
import StorageFaults
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BackupTests {
    private func error(_ body: () async throws(EngineError) -> Void) async -> EngineError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// Events with and without ids in two stations, and a lane that has settled some of them.
    private func fill(_ engine: EmbeddedEngine) async throws {
        try await engine.open("in", settings: StationSettings(partitions: 2))
        try await engine.open("out", settings: nil)
        for number in 0..<300 {
            try await engine.append(
                [Event("\(number)", id: "id \(number)", key: "key \(number % 7)")], to: "in")
        }
        let lane = LaneID(function: "f", partition: 0)
        let claim = try await engine.claim(lane, inputs: ["in"], start: .earliest)
        try await engine.settle([
            claim.settlement(
                of: "in", from: 0, to: 5, appends: [StationAppend("out", [Event("a"), Event("b")])])
        ])
    }

    @Test func `a backup that is restored goes on where it was made`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        try await fill(engine)
        let path = directory.path + "/a backup? #1%.sqlite"
        let summary = try await engine.backUp(to: path)
        #expect(summary.stations == 2)
        #expect(summary.events == 302)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
        #expect(summary.bytes == size)
        let report = try await EmbeddedEngine.verifyBackup(at: path)
        #expect(report.findings == [])
        #expect((report.stations, report.events, report.lanes) == (2, 302, 1))
        #expect(report.journalRecords == 1)

        let restored = directory.path + "/new/data"
        try await EmbeddedEngine.restore(backup: path, into: restored)
        let other = try EmbeddedEngine(directory: restored)
        for partition: UInt32 in 0..<2 {
            let read = try await other.readAll("in", partition: partition)
            #expect(read.texts == (try await engine.readAll("in", partition: partition).texts))
        }
        #expect(try await other.lanes() == (try await engine.lanes()))
        let again = try await other.append(
            [Event("7", id: "id 7", key: "key 0"), Event("new", id: "new")], to: "in")
        #expect(again.map(\.kind) == ["duplicate", "stored"])
        let claim = try await other.claim(
            LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
        #expect(claim.position == Position(["in": 5]))
        #expect(claim.fence == 2)
        await other.close()
        await engine.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(left.sorted() == ["a backup? #1%.sqlite", "data", "new"])
    }

    @Test func `a backup leaves a file that is there as it is`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        let path = directory.path + "/backup"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        let refusal = await error { () async throws(EngineError) in
            _ = try await engine.backUp(to: path)
        }
        #expect(
            refusal
                == .exists("'\(path)' exists and is left as it is; choose another name"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        await engine.close()
    }

    @Test func `a backup into a directory that is not there says so`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        let refusal = await error { () async throws(EngineError) in
            _ = try await engine.backUp(to: directory.path + "/none/backup")
        }
        guard case .unavailable(let what) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(what.contains("none/backup"))
        await engine.close()
    }

    @Test(arguments: [STORAGE_WRITE, STORAGE_FLUSH])
    func `a backup that meets a full disk leaves no file and harms nobody`(
        call: storage_call
    ) async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path)
        try await fill(engine)
        let path = directory.path + "/backup"
        let faults = StorageFaultPlan(directory, file: "/backup")
        let calls = await faults.failing(call, error: ENOSPC) {
            let refusal = await error { () async throws(EngineError) in
                _ = try await engine.backUp(to: path)
            }
            // SQLite doesn't tell why a flush of its own failed.
            if case .unavailable = refusal, call == STORAGE_FLUSH { return }
            guard case .full = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
        }
        #expect(calls.made > 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(left.allSatisfy { !$0.hasPrefix("backup") })
        try await engine.append(texts: ["x"], to: "out")
        _ = try await engine.backUp(to: path)
        await engine.close()
    }

    @Test func `a backup is restored only where no store is and nobody works`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        try await fill(engine)
        let path = directory.path + "/backup"
        _ = try await engine.backUp(to: path)
        let owned = await error { () async throws(EngineError) in
            try await EmbeddedEngine.restore(backup: path, into: directory.path + "/data")
        }
        guard case .inUse = owned else {
            Issue.record("\(String(describing: owned))")
            return
        }
        await engine.close()
        let taken = await error { () async throws(EngineError) in
            try await EmbeddedEngine.restore(backup: path, into: directory.path + "/data")
        }
        #expect(taken?.description.contains("holds a store already") == true)
        let missing = await error { () async throws(EngineError) in
            try await EmbeddedEngine.restore(
                backup: directory.path + "/none", into: directory.path + "/other")
        }
        #expect(missing?.description.contains("/none") == true)
    }

    @Test func `a damaged backup is found and not restored`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        try await fill(engine)
        let path = directory.path + "/backup"
        _ = try await engine.backUp(to: path)
        await engine.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(8_192 * 3..<8_192 * 6, with: repeatElement(0xaa, count: 8_192 * 3))
        try bytes.write(to: URL(fileURLWithPath: path))
        let report = try await EmbeddedEngine.verifyBackup(at: path)
        #expect(!report.findings.isEmpty)
        let refusal = await error { () async throws(EngineError) in
            try await EmbeddedEngine.restore(backup: path, into: directory.path + "/other")
        }
        guard case .corrupt = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/other")
        #expect(left == ["lock"])
    }

    @Test func `a backup of a newer format is refused as a store is`() async throws {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        let path = directory.path + "/backup"
        _ = try await engine.backUp(to: path)
        await engine.close()
        let newer = StoreFile.format + 1
        do {
            let file = try DatabaseQueue(path: path)
            try await file.write { try $0.execute(sql: "PRAGMA user_version = \(newer)") }
        }
        let expected = EngineError.unavailable(
            "the store has format \(newer), which a newer Moonrail wrote; this one reads up to "
                + "\(StoreFile.format)")
        let verifying = await error { () async throws(EngineError) in
            _ = try await EmbeddedEngine.verifyBackup(at: path)
        }
        #expect(verifying == expected)
        let restoring = await error { () async throws(EngineError) in
            try await EmbeddedEngine.restore(backup: path, into: directory.path + "/other")
        }
        #expect(restoring == expected)
    }

    @Test func `backups taken while events are appended and settled are consistent prefixes`()
        async throws
    {
        let directory = try ScratchDirectory()
        let engine = try EmbeddedEngine(directory: directory.path + "/data")
        for name: StationName in ["in", "out"] { try await engine.open(name, settings: nil) }
        let claim = try await engine.claim(
            LaneID(function: "f", partition: 0), inputs: ["in"], start: .earliest)
        let writing = Task {
            var number: UInt64 = 0
            while !Task.isCancelled {
                try await engine.append([Event("\(number)", id: "\(number)")], to: "in")
                try await engine.settle([Self.copying(number, claim)])
                number += 1
            }
            return number
        }
        for number in 0..<12 {
            let path = directory.path + "/backup \(number)"
            let summary = try await engine.backUp(to: path)
            let target = directory.path + "/restored \(number)"
            try await EmbeddedEngine.restore(backup: path, into: target)
            let restored = try EmbeddedEngine(directory: target)
            let inputs = try await restored.readAll("in")
            let outputs = try await restored.readAll("out")
            let settled = try await restored.lanes()[0].position["in"]
            #expect(inputs.texts == (0..<inputs.count).map { "\($0)" })
            #expect(outputs.texts == (0..<Int(settled)).map { "of \($0)" })
            #expect(inputs.count - Int(settled) <= 1)
            #expect(summary.events == UInt64(inputs.count + outputs.count))
            #expect(try await restored.check().findings == [])
            await restored.close()
        }
        writing.cancel()
        #expect(try await writing.value > 12)
        await engine.close()
    }

    /// The settlement of one event that emits one event, with its cause.
    private static func copying(_ number: UInt64, _ claim: LaneClaim) -> Settlement {
        var records = EventRecords()
        records.append(
            Event("of \(number)"),
            cause: Cause(
                origin: Origin(
                    function: "f", version: FunctionVersion(text: "v"), generation: 0,
                    station: "in", partition: 0),
                offset: number, emission: 0, causationID: nil, correlationID: nil))
        return claim.settlement(
            of: "in", from: number, to: number + 1,
            appends: [StationAppend(station: "out", records: records, causes: [0])])
    }
}
