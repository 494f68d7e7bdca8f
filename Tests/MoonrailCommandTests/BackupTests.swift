import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct BackupTests {
    private static func withEvents(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            try await place.command.run(
                "produce", "raw", input: (0..<1_000).map { "{\"n\":\($0)}\n" }.joined())
            try await place.command.run("run", "--until-idle")
            try await body(place)
        }
    }

    @Test func `a backup is made, verified, and restored to the same events and positions`()
        async throws
    {
        try await Self.withEvents { place in
            let file = place.folder.appendingPathComponent("backup.sqlite").path
            let created = try await place.command.run("backup", "create", file, "--json")
            #expect(created.status == 0, "\(created.errors)")
            let backup = try created.json([String: JSONValue].self)
            #expect(backup["file"] == .string(file))
            // Beside raw and clean: the dead letters and what became of them, the log, and the
            // function's version with its source, which are events as well as its deployment is.
            #expect(backup["stations"] == .integer(9))
            #expect(backup["events"] == .integer(2_003))
            let verified = try await place.command.run("backup", "verify", file)
            #expect(verified.status == 0, "\(verified.errors)")
            #expect(verified.lines.last == "findings         none")

            let restored = place.folder.appendingPathComponent("restored").path
            let restore = try await place.command.run(
                "backup", "restore", file, "--data", restored)
            #expect(restore.status == 0, "\(restore.errors)")
            for station in ["raw", "clean"] {
                let before = try await place.command.run("read", station)
                let after = try await place.command.run("read", station, "--data", restored)
                #expect(after.status == 0 && after.output == before.output)
            }
            let before = try await place.command.run("offset", "show", "--json")
            let after = try await place.command.run(
                "offset", "show", "--json", "--data", restored)
            #expect(after.output == before.output)
            // What was restored goes on.
            try await place.command.run("produce", "raw", "--data", restored, input: "{}\n")
            let run = try await place.command.run("run", "--until-idle", "--data", restored)
            #expect(run.errors.contains("processed 1, emitted 1"), "\(run.errors)")
        }
    }

    @Test func `a running worker makes the backup, and what it takes meanwhile is in the next`()
        async throws
    {
        try await Self.withEvents { place in
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let file = place.folder.appendingPathComponent("backup.sqlite").path
            let created = try await place.command.run("backup", "create", file)
            #expect(created.status == 0, "\(created.errors)")
            #expect(created.lines.first == "file      \(file)")
            #expect(try await place.command.run("backup", "verify", file).status == 0)
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 20).status == 0)
        }
    }

    @Test func `nothing is overwritten and what is missing is named`() async throws {
        try await Self.withEvents { place in
            let file = try place.write("taken", "mine")
            let taken = try await place.command.run("backup", "create", file)
            #expect(taken.status == 4)
            #expect(taken.errors.contains(file))
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
            let missing = place.folder.appendingPathComponent("missing").path
            for command in ["verify", "restore"] {
                let result = try await place.command.run(
                    "backup", command, missing, "--data", missing + "-data")
                #expect(result.status == 3)
                #expect(result.errors == "moonrail: there is no file \(missing)\n")
            }
            let backup = place.folder.appendingPathComponent("backup.sqlite").path
            #expect(try await place.command.run("backup", "create", backup).status == 0)
            let onto = try await place.command.run("backup", "restore", backup)
            #expect(onto.status == 4)
            #expect(onto.errors.contains(place.data.path), "\(onto.errors)")
            let none = try await place.command.run(
                "backup", "create", missing, "--data", missing + "-data")
            #expect(none.status == 3)
        }
    }

    @Test func `a damaged backup is told from a whole one, and is not restored`() async throws {
        try await Self.withEvents { place in
            let file = place.folder.appendingPathComponent("backup.sqlite")
            try await place.command.run("backup", "create", file.path)
            var bytes = try Data(contentsOf: file)
            // The second half of every page but the first: whatever it holds is gone.
            for page in stride(from: 4_096, to: bytes.count, by: 4_096) {
                for offset in page + 2_048..<page + 4_096 { bytes[offset] = 0xA5 }
            }
            try bytes.write(to: file)
            let verified = try await place.command.run("backup", "verify", file.path)
            #expect(verified.status == 1, "\(verified.output)\(verified.errors)")
            let restored = place.folder.appendingPathComponent("restored").path
            let restore = try await place.command.run(
                "backup", "restore", file.path, "--data", restored)
            #expect(restore.status != 0)
            #expect(
                !FileManager.default.fileExists(atPath: restored + "/store.sqlite"))
        }
    }
}
