import Foundation
import MoonrailTestSupport
import Testing

/// Requests that schemathesis makes of `/openapi.json`.
@Suite struct FuzzedAPITests {
    @Test(.enabled(if: Repository.has(".build/test-python/bin/python")))
    func `no request gets an answer that the document does not tell of`() async throws {
        let seed = UInt32.random(in: 0...UInt32.max)
        try await Workplace.with { place in
            try place.writeFunction("f", from: "raw", to: "clean")
            try await place.command.run("produce", "raw", input: "{}\n{}\n")
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let socket = place.data.appendingPathComponent("moonrail.sock").path
            let fuzz = try await ToolProcess.run(
                Repository.file(".build/test-python/bin/python"),
                [
                    Repository.file("Tests/Contract/fuzz.py"), socket, place.folder.path, "25",
                    "\(seed)",
                ])
            #expect(fuzz.status == 0, "seed \(seed)\n\(fuzz.output.suffix(20_000))")
            #expect(worker.isRunning)
            worker.send(SIGTERM)
            let result = try await worker.finish()
            #expect(result.status == 0)
            #expect(!result.errors.contains("request failed unexpectedly"), "\(result.errors)")
        }
    }
}
