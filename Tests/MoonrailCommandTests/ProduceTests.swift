import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct ProduceTests {
    @Test func `what is produced is read back byte for byte`() async throws {
        try await Workplace.with { place in
            let lines = (0..<2_000).map { "{\"n\": \($0), \"t\":\"x\\u00e9\"}" }
            let text = lines.joined(separator: "\n") + "\n"
            let file = try place.write("in.jsonl", text)
            let produced = try await place.command.run("produce", "readings", file)
            #expect(produced.status == 0)
            #expect(produced.output.isEmpty)
            #expect(produced.errors == "accepted 2000, duplicate 0, rejected 0\n")
            let read = try await place.command.run("read", "readings", "--format", "data")
            #expect(read.status == 0)
            #expect(read.output == text)
        }
    }

    @Test func `standard input is read without a file and with a dash`() async throws {
        try await Workplace.with { place in
            #expect(try await place.command.run("produce", "s", input: "{}\n").status == 0)
            #expect(try await place.command.run("produce", "s", "-", input: "[]").status == 0)
            let read = try await place.command.run("read", "s", "--format", "data")
            #expect(read.lines == ["{}", "[]"])
        }
    }

    @Test func `a malformed line is named with its number, the others are taken`() async throws {
        try await Workplace.with { place in
            let file = try place.write("in.jsonl", "{\"a\":1}\n\n{\"a\":}\n{\"a\":2}\n")
            let result = try await place.command.run("produce", "s", file, "--json")
            #expect(result.status == 1)
            #expect(
                result.errors.hasPrefix(
                    "\(file):3: not JSON: "))
            #expect(result.errors.hasSuffix("accepted 2, duplicate 0, rejected 1\n"))
            let report = try result.json([String: JSONValue].self)
            #expect(report["accepted"] == .integer(2))
            #expect(report["rejected"] == .integer(1))
            guard case .array(let refusals) = report["refusals"] else {
                Issue.record("no refusals in \(result.output)")
                return
            }
            #expect(refusals.count == 1)
        }
    }

    @Test func `an event of two megabytes is refused with the limit named`() async throws {
        try await Workplace.with { place in
            let large = "\"" + String(repeating: "x", count: 2 << 20) + "\""
            let result = try await place.command.run("produce", "s", input: "1\n\(large)\n2\n")
            #expect(result.status == 1)
            #expect(
                result.errors
                    == """
                    stdin:2: 2097154 bytes are too many for an event; 1048576 at most
                    accepted 2, duplicate 0, rejected 1

                    """)
        }
    }

    @Test func `a line that no request can carry is skipped and named`() async throws {
        try await Workplace.with { place in
            let endless = String(repeating: "y", count: 20 << 20)
            let result = try await place.command.run(
                "produce", "s", input: "1\n\(endless)\n2\n\(endless)")
            #expect(result.status == 1)
            #expect(result.errors.contains("stdin:2: the line is over "))
            #expect(result.errors.contains("stdin:4: the line is over "))
            #expect(result.errors.hasSuffix("accepted 2, duplicate 0, rejected 2\n"))
        }
    }

    @Test func `line numbers go on from slice to slice`() async throws {
        try await Workplace.with { place in
            // Three slices of about 8 MiB, with a bad line in the last.
            let line = "{\"text\":\"" + String(repeating: "z", count: 1_000) + "\"}\n"
            let text = String(repeating: line, count: 24_000) + "bad\n" + line
            let file = try place.write("in.jsonl", text)
            let result = try await place.command.run("produce", "s", file)
            #expect(result.errors.hasPrefix("\(file):24001: not JSON"))
            #expect(result.errors.hasSuffix("accepted 24001, duplicate 0, rejected 1\n"))
        }
    }

    @Test func `bad lines among many leave the others in their order, each with its id once`()
        async throws
    {
        try await Workplace.with { place in
            // Two requests, each of which is read, checked and written in several pieces.
            let filling = String(repeating: "z", count: 800)
            let bad = Set([1, 700, 701, 9_000, 9_999, 14_000])
            let lines = (1...14_000).map { number in
                bad.contains(number) ? "{\(number)" : "{\"n\":\(number),\"t\":\"\(filling)\"}"
            }
            let file = try place.write("in.jsonl", lines.joined(separator: "\n"))
            for (accepted, duplicate) in [(13_994, 0), (0, 13_994)] {
                let result = try await place.command.run("produce", "s", file, "--id", "n")
                #expect(result.status == 1)
                let named = result.errors.split(separator: "\n").dropLast().compactMap { line in
                    line.split(separator: ":").dropFirst().first.flatMap { Int($0) }
                }
                #expect(named == bad.sorted())
                #expect(
                    result.errors.hasSuffix(
                        "accepted \(accepted), duplicate \(duplicate), rejected 6\n"))
            }
            let read = try await place.command.run("read", "s", "--format", "data")
            let expected = zip(1..., lines).filter { !bad.contains($0.0) }.map(\.1)
            #expect(read.lines == expected)
        }
    }

    @Test func `an id makes a repetition a duplicate, and another payload a conflict`()
        async throws
    {
        try await Workplace.with { place in
            let first = try await place.command.run(
                "produce", "s", "--id", "id", input: "{\"id\":1,\"v\":1}\n{\"id\":2}\n")
            #expect(first.errors == "accepted 2, duplicate 0, rejected 0\n")
            let again = try await place.command.run(
                "produce", "s", "--id", "id", input: "{\"id\":1,\"v\":1}\n{\"id\":2}\n")
            #expect(again.status == 0)
            #expect(again.errors == "accepted 0, duplicate 2, rejected 0\n")
            let other = try await place.command.run(
                "produce", "s", "--id", "id", input: "{\"id\":1,\"v\":2}\n{\"v\":3}\n")
            #expect(other.status == 1)
            #expect(
                other.errors
                    == """
                    stdin:1: id '1' is known with another payload at partition 0 offset 0
                    stdin:2: no value at 'id'
                    accepted 0, duplicate 0, rejected 2

                    """)
        }
    }

    @Test func `events of one key stay in one partition`() async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s", "--partitions", "4")
            let text = (0..<400).map { "{\"k\":\"key-\($0 % 8)\",\"n\":\($0)}\n" }.joined()
            try await place.command.run("produce", "s", "--key", "k", input: text)
            let read = try await place.command.run("read", "s")
            var partitions: [String: Set<UInt32>] = [:]
            for line in read.lines {
                let event = try JSONDecoder().decode(ReadLine.self, from: Data(line.utf8))
                partitions[event.key ?? "", default: []].insert(event.partition)
            }
            #expect(partitions.count == 8)
            #expect(partitions.values.allSatisfy { $0.count == 1 })
            #expect(Set(partitions.values.flatMap { $0 }).count > 1)
        }
    }

    @Test func `a missing file ends with status 3 and creates nothing`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run("produce", "s", "/no/such/file")
            #expect(result.status == 3)
            #expect(
                result.errors == "moonrail: can't read /no/such/file: No such file or directory\n")
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `a station that may not be created is not found`() async throws {
        try await Workplace.with(config: "create_stations: false\n") { place in
            let result = try await place.command.run("produce", "s", input: "{}\n")
            #expect(result.status == 3)
            #expect(result.errors.contains("station 's' does not exist"))
            #expect(try await place.command.run("produce", "s", input: "").status == 3)
        }
    }

    @Test func `a station that the configuration declares is created as declared`() async throws {
        try await Workplace.with(config: "stations:\n  s:\n    partitions: 3\n") { place in
            try await place.command.run("produce", "s", input: "{}\n")
            let shown = try await place.command.run("station", "show", "s", "--json")
            let station = try shown.json([String: JSONValue].self)
            guard case .object(let settings) = station["settings"] else {
                Issue.record("no settings in \(shown.output)")
                return
            }
            #expect(settings["partitions"] == .integer(3))
        }
    }
}

/// The members of a JSON line that tests look at.
struct ReadLine: Decodable {
    let station: String
    let partition: UInt32
    let offset: UInt64
    let key: String?
}
