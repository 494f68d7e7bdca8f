import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// `produce --expect-last`: appends that happen whole, and only when nothing came between.
@Suite struct ExpectationTests {
    private static func read(_ place: Workplace, _ station: String = "s") async throws -> [String] {
        try await place.command.run("read", station, "--format", "data").lines
    }

    @Test func `an append happens when the last offset is the expected one`() async throws {
        try await Workplace.with { place in
            let first = try await place.command.run(
                "produce", "s", "--expect-last", "none", input: "1\n2\n")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors == "accepted 2, duplicate 0, rejected 0\n")
            let second = try await place.command.run(
                "produce", "s", "--expect-last", "1", "--partition", "0", input: "3\n")
            #expect(second.status == 0, "\(second.errors)")
            #expect(try await Self.read(place) == ["1", "2", "3"])
        }
    }

    @Test(arguments: [
        ("none", "has its last event at offset 1, expected was none"),
        ("0", "has its last event at offset 1, expected was offset 0"),
        ("7", "has its last event at offset 1, expected was offset 7"),
    ])
    func `an append that comes too late stores nothing and tells the last offset`(
        expected: String, message: String
    ) async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", input: "1\n2\n")
            let late = try await place.command.run(
                "produce", "s", "--expect-last", expected, input: "3\n4\n")
            #expect(late.status == 4)
            #expect(
                late.errors
                    == "moonrail: partition 0 of station 's' \(message); nothing was appended\n")
            #expect(try await Self.read(place) == ["1", "2"])
        }
    }

    @Test func `a key's last event is what is expected, whatever others do`() async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s", "--partitions", "4")
            func produce(_ key: String, _ expected: String) async throws
                -> MoonrailCommand.Result
            {
                try await place.command.run(
                    "produce", "s", "--key", "k", "--expect-key", key, "--expect-last", expected,
                    input: "{\"k\":\"\(key)\"}\n")
            }
            #expect(try await produce("a", "none").status == 0)
            #expect(try await produce("b", "none").status == 0)
            let again = try await produce("a", "none")
            #expect(again.status == 4)
            #expect(again.errors.contains("key 'a' of station 's' has its last event at offset"))
            let read = try await place.command.run("read", "s", "--key", "a")
            let last = try JSONDecoder().decode(ReadLine.self, from: Data(read.output.utf8))
            #expect(try await produce("a", "\(last.offset)").status == 0)
        }
    }

    @Test func `a line that can't be taken leaves the others unstored`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run(
                "produce", "s", "--expect-last", "none", input: "1\nbad\n2\n")
            #expect(result.status == 1)
            #expect(result.errors.hasPrefix("stdin:2: not JSON"))
            #expect(result.errors.hasSuffix("accepted 0, duplicate 0, rejected 1\n"))
            #expect(try await Self.read(place) == [])
        }
    }

    @Test func `more than one commit takes is refused, and as much as it takes is not`()
        async throws
    {
        try await Workplace.with { place in
            let lines = (0..<513).map { "\($0)\n" }
            let many = try await place.command.run(
                "produce", "s", "--expect-last", "none", input: lines.joined())
            #expect(many.status == 1)
            #expect(many.errors.contains("at most 512 events and 262144 bytes"))
            let large = "\"" + String(repeating: "x", count: 200_000) + "\"\n"
            let two = try await place.command.run(
                "produce", "s", "--expect-last", "none", input: large + large)
            #expect(two.status == 1)
            let one = try await place.command.run(
                "produce", "s", "--expect-last", "none",
                input: "\"" + String(repeating: "x", count: 900_000) + "\"\n")
            #expect(one.status == 0, "\(one.errors)")
            let fitting = try await place.command.run(
                "produce", "s", "--expect-last", "0", input: lines.prefix(512).joined())
            #expect(fitting.status == 0, "\(fitting.errors)")
        }
    }

    @Test(arguments: [
        (["--expect-last", "last"], 2, "it must be an offset, or none"),
        (["--expect-key", "a"], 2, "need --expect-last"),
        (["--partition", "0"], 2, "need --expect-last"),
        (["--expect-last", "1", "--expect-key", "a", "--partition", "0"], 2, "leave --partition"),
        (["--expect-last", "1"], 2, "say whose last event is meant"),
        (["--expect-last", "1", "--partition", "9"], 3, "has no partition 9"),
    ])
    func `an expectation that says too little or too much is refused`(
        options: [String], status: Int32, message: String
    ) async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s", "--partitions", "2")
            let result = try await place.command.start(["produce", "s"] + options, input: "1\n")
                .finish()
            #expect(result.status == status)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test func `an append of no event is refused`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run("produce", "s", "--expect-last", "none")
            #expect(result.status == 2)
            #expect(result.errors.contains("there is no event"))
        }
    }
}
