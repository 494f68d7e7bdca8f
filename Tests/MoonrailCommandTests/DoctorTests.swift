import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct DoctorTests {
    @Test func `a whole store has no findings, also while somebody owns it`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", input: "1\n2\n3\n")
            let owner = try place.command.start(["read", "s", "--follow"])
            try await place.waitUntilServed()
            let json = try await place.command.run("doctor", "--json")
            #expect(json.status == 0, "\(json.errors)")
            let report = try json.json([String: JSONValue].self)
            guard case .object(let store) = report["store"] else {
                Issue.record("no store in \(json.output)")
                return
            }
            #expect(store["stations"] == .integer(1) && store["events"] == .integer(3))
            #expect(store["findings"] == .array([]))
            owner.send(SIGTERM)
            _ = try await owner.finish()
            let text = try await place.command.run("doctor")
            #expect(text.status == 0)
            #expect(text.lines.contains("data directory  \(place.data.path)"))
            #expect(text.lines.last == "findings         none")
        }
    }

    @Test func `a damaged store is found to be so`() async throws {
        try await Workplace.with { place in
            try await place.command.run(
                "produce", "s", input: (0..<2_000).map { "{\"n\":\($0)}\n" }.joined())
            // A restored store is one file, with no log beside it that knows better.
            let backup = place.folder.appendingPathComponent("backup").path
            try await place.command.run("backup", "create", backup)
            let restored = place.folder.appendingPathComponent("restored")
            try await place.command.run("backup", "restore", backup, "--data", restored.path)
            let file = restored.appendingPathComponent("store.sqlite")
            var bytes = try Data(contentsOf: file)
            for page in stride(from: 4_096, to: bytes.count, by: 4_096) {
                for offset in page + 2_048..<page + 4_096 { bytes[offset] = 0xA5 }
            }
            try bytes.write(to: file)
            let result = try await place.command.run("doctor", "--data", restored.path)
            #expect(result.status == 1, "\(result.errors)")
            #expect(result.lines.contains { $0.hasPrefix("findings ") && !$0.hasSuffix("none") })
        }
    }
}
