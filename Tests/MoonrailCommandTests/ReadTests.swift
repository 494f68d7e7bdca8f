import Foundation
import MoonrailTestSupport
import Testing

@Suite struct ReadTests {
    /// A station `s` with the events 0 to 9.
    private static func withTen(
        partitions: Int = 1, _ body: (Workplace) async throws -> Void
    ) async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s", "--partitions", "\(partitions)")
            try await place.command.run(
                "produce", "s", input: (0..<10).map { "\($0)\n" }.joined())
            try await body(place)
        }
    }

    @Test(arguments: [
        (["--from", "earliest"], 0..<10), (["--from", "latest"], 10..<10),
        (["--from", "-3"], 7..<10), (["--from=-3"], 7..<10), (["--from", "-100"], 0..<10),
        (["--from", "4"], 4..<10), (["--from", "400"], 10..<10),
        (["--from", "2001-01-01T00:00:00Z"], 0..<10), (["--from", "2999-01-01"], 10..<10),
        (["--limit", "2"], 0..<2), (["--limit", "0"], 0..<0),
        (["--from", "8", "--limit", "5"], 8..<10), (["--partition", "0"], 0..<10),
    ])
    func `a read begins and ends where it is told`(options: [String], expected: Range<Int>)
        async throws
    {
        try await Self.withTen { place in
            let running = try place.command.start(["read", "s", "--format", "data"] + options)
            let result = try await running.finish()
            #expect(result.status == 0)
            #expect(result.lines == expected.map(String.init))
        }
    }

    @Test func `a JSON line tells all of an event in a fixed order`() async throws {
        try await Self.withTen { place in
            let line = try await place.command.run("read", "s", "--from", "3", "--limit", "1")
                .output
            #expect(
                line.hasPrefix(
                    #"{"station":"s","partition":0,"offset":3,"id":"s/0/3","key":null,"time":"2"#))
            #expect(line.hasSuffix("Z\",\"type\":null,\"headers\":{},\"data\":3}\n"))
        }
    }

    @Test func `a table has a heading and a row for each event`() async throws {
        try await Self.withTen { place in
            let lines = try await place.command.run(
                "read", "s", "--format", "table", "--limit", "2"
            ).lines
            #expect(lines.count == 3)
            #expect(lines.first?.split(separator: " ") == ["OFFSET", "TIME", "KEY", "DATA"])
            #expect(lines.last?.hasPrefix("     1  2") == true)
            #expect(lines.last?.hasSuffix("-    1") == true)
        }
    }

    @Test func `an offset needs a partition when there are several`() async throws {
        try await Self.withTen(partitions: 2) { place in
            let result = try await place.command.run("read", "s", "--from", "1")
            #expect(result.status == 2)
            #expect(result.errors.contains("say which one with partition=N"))
            let one = try await place.command.run("read", "s", "--from", "1", "--partition", "0")
            #expect(one.status == 0)
        }
    }

    @Test func `what does not exist is not found`() async throws {
        try await Self.withTen { place in
            #expect(try await place.command.run("read", "nothing").status == 3)
            let partition = try await place.command.run("read", "s", "--partition", "1")
            #expect(partition.status == 3)
            #expect(partition.errors.contains("has no partition 1"))
        }
    }

    @Test(arguments: [
        ["read"], ["read", "s", "--from", "yesterday"], ["read", "s", "--limit", "-1"],
        ["read", "s", "--format", "xml"], ["read", "Not A Name"], ["reed", "s"],
        ["read", "s", "--no-such-flag"],
    ])
    func `a wrong command line ends with status 2 and says why`(arguments: [String]) async throws {
        try await Self.withTen { place in
            let result = try await place.command.start(arguments).finish()
            #expect(result.status == 2)
            #expect(!result.errors.isEmpty)
            #expect(result.output.isEmpty)
        }
    }

    @Test func `following shows what other commands produce until it is interrupted`()
        async throws
    {
        try await Self.withTen { place in
            let following = try place.command.start(
                ["read", "s", "--follow", "--from", "8", "--format", "data"])
            try await Self.wait { following.outputSoFar == "8\n9\n" }
            // The reader owns the directory; this one goes through its socket.
            let produced = try await place.command.run("produce", "s", input: "10\n")
            #expect(produced.status == 0)
            try await Self.wait { following.outputSoFar == "8\n9\n10\n" }
            following.send(SIGINT)
            let result = try await following.finish()
            #expect(!result.wasKilled)
            #expect(result.status == 130)
            #expect(result.errors.isEmpty)
        }
    }

    @Test func `following ends by itself at its limit`() async throws {
        try await Self.withTen { place in
            let result = try await place.command.run(
                "read", "s", "--follow", "--limit", "3", "--format", "data")
            #expect(result.status == 0)
            #expect(result.lines == ["0", "1", "2"])
        }
    }

    @Test func `following a server that leaves does not end as if all was shown`() async throws {
        try await Self.withTen { place in
            let owner = try place.command.start(["read", "s", "--follow", "--format", "data"])
            try await Self.wait { owner.outputSoFar.hasSuffix("9\n") }
            let other = try place.command.start(
                ["read", "s", "--follow", "--format", "data", "--limit", "11"])
            try await Self.wait { other.outputSoFar.hasSuffix("9\n") }
            owner.send(SIGINT)
            #expect(try await owner.finish().status == 130)
            let result = try await other.finish()
            #expect(result.status == 5)
            #expect(result.errors.contains("ended"))
        }
    }

    @Test func `a reader that has seen enough ends it quietly`() async throws {
        try await Workplace.with { place in
            let line = "\"" + String(repeating: "x", count: 1_000) + "\"\n"
            try await place.command.run(
                "produce", "s", input: String(repeating: line, count: 5_000))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = [
                "-c",
                "set -o pipefail; \"$0\" read s 2>\"$1\" | head -c 10 >/dev/null",
                BuiltExecutables.moonrail, place.folder.appendingPathComponent("errors").path,
            ]
            process.environment = place.command.environment
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let errors = try String(
                contentsOf: place.folder.appendingPathComponent("errors"), encoding: .utf8)
            #expect(errors.isEmpty)
        }
    }

    /// Waits until something holds; a failure after ten seconds.
    private static func wait(_ condition: () -> Bool) async throws {
        for _ in 0..<1_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }
}
