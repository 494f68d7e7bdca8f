import Foundation
import MoonrailTestSupport
import Testing

@Suite struct OwnerTests {
    @Test(arguments: [
        ["read", "s"], ["station", "list"], ["station", "show", "s"], ["station", "delete", "s"],
        ["function", "list"], ["function", "show", "f"], ["offset", "show"],
        ["station", "alter", "s", "--retention-age", "7d"], ["function", "resume", "f"],
        ["dead", "list", "f"], ["dead", "retry", "f", "--all"], ["backup", "create", "b"],
    ])
    func `reading a data directory that does not exist creates none`(arguments: [String])
        async throws
    {
        try await Workplace.with { place in
            let result = try await place.command.start(arguments).finish()
            #expect(result.status == 3)
            #expect(
                result.errors.contains("the data directory '\(place.data.path)' does not exist"))
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `a data directory that can't be created is unavailable`() async throws {
        try await Workplace.with { place in
            let file = try place.write("file", "")
            let result = try await place.command.run(
                "produce", "s", "--data", file + "/data", input: "{}\n")
            #expect(result.status == 5)
            #expect(result.errors.contains("can't be created"))
        }
    }

    @Test func `a path too long for a socket is named as such`() async throws {
        try await Workplace.with { place in
            let path = place.folder.path + "/" + String(repeating: "x", count: 100)
            let result = try await place.command.run("station", "create", "s", "--data", path)
            #expect(result.status == 5)
            #expect(result.errors.contains("use a data directory with a shorter path"))
        }
    }

    @Test func `a directory that is owned but not served is in use`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", input: "1\n")
            // An owner whose socket is gone looks like one that is still starting.
            let owner = try place.command.start(["read", "s", "--follow"])
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            // It reads through its own socket: one that goes before that is made again.
            for _ in 0..<500 where owner.outputSoFar.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            try FileManager.default.removeItem(atPath: socket)
            let result = try await place.command.run("station", "list")
            #expect(result.status == 5)
            #expect(result.errors.contains("is in use by"))
            #expect(result.errors.contains("\(owner.processID)"))
            owner.send(SIGTERM)
            #expect(try await owner.finish().status == 130)
        }
    }

    @Test func `a socket left by a killed process is no obstacle`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", input: "1\n")
            let killed = try place.command.start(["read", "s", "--follow"])
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) {
                try await Task.sleep(for: .milliseconds(10))
            }
            let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            killed.send(SIGKILL)
            _ = try await killed.finish()
            #expect(FileManager.default.fileExists(atPath: socket))
            let result = try await place.command.run("read", "s", "--format", "data")
            #expect(result.status == 0)
            #expect(result.output == "1\n")
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test func `commands that start together share the directory and lose nothing`()
        async throws
    {
        try await Workplace.with { place in
            let text = (0..<500).map { "{\"n\":\($0)}\n" }.joined()
            let commands = try (0..<16).map { _ in
                try place.command.start(["produce", "s"], input: text)
            }
            for command in commands {
                let result = try await command.finish()
                #expect(result.status == 0)
                #expect(result.errors == "accepted 500, duplicate 0, rejected 0\n")
            }
            let read = try await place.command.run("read", "s", "--format", "data")
            #expect(read.lines.count == 8_000)
        }
    }

    @Test func `a wrong configuration is a usage error that names the mend`() async throws {
        try await Workplace.with(config: "event_bites: 3\n") { place in
            let result = try await place.command.run("station", "list")
            #expect(result.status == 2)
            #expect(result.errors.contains("event_bites"))
        }
    }
}
