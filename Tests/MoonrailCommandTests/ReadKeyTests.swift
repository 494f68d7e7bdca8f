import Foundation
import MoonrailTestSupport
import Testing

@Suite struct ReadKeyTests {
    /// A station `s` of four partitions with 90 events of nine keys: `{"k":"key-3","n":12}`.
    private static func withKeys(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            try await place.command.run("station", "create", "s", "--partitions", "4")
            try await place.command.run(
                "produce", "s", "--key", "k",
                input: (0..<90).map { "{\"k\":\"key-\($0 % 9)\",\"n\":\($0)}\n" }.joined())
            try await body(place)
        }
    }

    @Test func `a key's events come alone, in their order`() async throws {
        try await Self.withKeys { place in
            for key in 0..<9 {
                let read = try await place.command.run(
                    "read", "s", "--key", "key-\(key)", "--format", "data")
                #expect(read.status == 0, "\(read.errors)")
                #expect(
                    read.lines
                        == (0..<10).map { "{\"k\":\"key-\(key)\",\"n\":\($0 * 9 + key)}" })
            }
        }
    }

    @Test func `a key is read from a place on, and up to a limit`() async throws {
        try await Self.withKeys { place in
            let all = try await place.command.run("read", "s", "--key", "key-4").lines.map {
                try JSONDecoder().decode(ReadLine.self, from: Data($0.utf8))
            }
            let limited = try await place.command.run(
                "read", "s", "--key", "key-4", "--from", "\(all[3].offset)", "--limit", "2")
            let offsets = try limited.lines.map {
                try JSONDecoder().decode(ReadLine.self, from: Data($0.utf8)).offset
            }
            #expect(offsets == [all[3].offset, all[4].offset])
            let later = try await place.command.run(
                "read", "s", "--key", "key-4", "--from", "2999-01-01")
            #expect(later.status == 0 && later.output.isEmpty)
        }
    }

    @Test func `a key that no event has reads as nothing`() async throws {
        try await Self.withKeys { place in
            let read = try await place.command.run("read", "s", "--key", "nobody")
            #expect(read.status == 0)
            #expect(read.output.isEmpty)
        }
    }

    @Test(arguments: [
        (["--from", "-3"], 2, "-N counts events of all keys"),
        (["--partition", "9"], 3, "has no partition 9"),
    ])
    func `what makes no sense with a key is refused`(
        options: [String], status: Int32, message: String
    ) async throws {
        try await Self.withKeys { place in
            let arguments = ["read", "s", "--key", "key-1"] + options
            let result = try await place.command.start(arguments).finish()
            #expect(result.status == status)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test func `another partition than the key's names the key's`() async throws {
        try await Self.withKeys { place in
            var refused = 0
            for partition in 0..<4 {
                let result = try await place.command.run(
                    "read", "s", "--key", "key-1", "--partition", "\(partition)")
                if result.status == 2, result.errors.contains("the key is in partition") {
                    refused += 1
                }
            }
            #expect(refused == 3)
        }
    }

    @Test func `following a key passes over events of others`() async throws {
        try await Self.withKeys { place in
            let follow = try place.command.start([
                "read", "s", "--key", "key-2", "--follow", "--from", "latest", "--limit", "2",
                "--format", "data",
            ])
            try await place.waitUntilServed()
            for number in 0..<3 {
                try await place.command.run(
                    "produce", "s", "--key", "k",
                    input: (0..<9).map { "{\"k\":\"key-\($0)\",\"n\":\"late \(number)\"}\n" }
                        .joined())
            }
            let result = try await follow.finish(within: 20)
            #expect(result.status == 0)
            // The follower may have begun to read after the first of them.
            #expect(result.lines.count == 2)
            #expect(result.lines.allSatisfy { $0.hasPrefix("{\"k\":\"key-2\",\"n\":\"late ") })
        }
    }
}
