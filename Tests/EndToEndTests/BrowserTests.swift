import Foundation
import MoonrailTestSupport
import Testing

/// A real browser reads a station.
@Suite struct BrowserTests {
    private static let browser = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: browser != nil, "make test installs chromium-headless-shell"))
    func `an EventSource goes on where it was when the worker comes back`() async throws {
        let place = try WorkerPlace()
        defer { place.remove() }
        var worker = try await place.startWorker()
        try await produce(0..<5, place)
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Clients/stream.html").path
        let relay = try PythonClient.serve(
            "relay.py", [place.socket, page, place.path("notes")] + Self.command(place))
        defer { relay.stop() }
        var expected = 5
        try await place.wait { events(place).count >= expected }
        for _ in 0..<2 {
            worker.send(SIGKILL)
            _ = try await worker.finish()
            // While nobody serves the browser, others come.
            try await produce(expected..<expected + 3, place)
            expected += 3
            worker = try await place.startWorker()
            try await produce(expected..<expected + 4, place)
            expected += 4
            let wanted = expected
            try await place.wait { events(place).count >= wanted }
        }
        #expect(events(place) == (0..<expected).map { "0:\($0 + 1) \($0)" })
        #expect(place.lines("notes").contains("lost"))
        worker.send(SIGTERM)
        _ = try await worker.finish()
    }

    /// What the browser got, each with its id.
    private func events(_ place: WorkerPlace) -> [String] {
        place.lines("notes").filter { $0.contains(":") }
    }

    private func produce(_ numbers: Range<Int>, _ place: WorkerPlace) async throws {
        let lines = numbers.map { "\($0)\n" }.joined()
        #expect(try await place.command.run("produce", "s", input: lines).status == 0)
    }

    /// It runs nothing but the page of this test, as root in some containers.
    private static func command(_ place: WorkerPlace) -> [String] {
        [
            browser ?? "", "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--user-data-dir=" + place.path("browser"),
            "--remote-debugging-port=0",
        ]
    }
}
