import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

/// What stays true while servers die.
@Suite(.timeLimit(.minutes(3)))
struct BrokerLossTests {
    @Test func `one server that dies and comes back loses nothing and repeats nothing`()
        async throws
    {
        let server = try await NATSServer(settings: "")
        let engine = try JetStreamEngine(.test([server.url]), directory: nil)
        try await expectOrder(engine, batches: 60) {
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(400))
                server.kill()
                try await Task.sleep(for: .milliseconds(200))
                try await server.start()
            }
        }
        await engine.close()
    }

    @Test func `servers of a cluster that die one after another lose nothing and repeat nothing`()
        async throws
    {
        let cluster = try await NATSCluster()
        let engine = try JetStreamEngine(.test(cluster.urls, replicas: 3), directory: nil)
        try await untilItWorks { try await engine.open("a", settings: nil) }
        try await expectOrder(engine, batches: 200) {
            for server in cluster.servers {
                try await Task.sleep(for: .seconds(2))
                server.kill()
                try await Task.sleep(for: .seconds(1))
                try await server.start()
                // The next one dies when this one has caught up, or two of three would be gone.
                try await Task.sleep(for: .seconds(4))
            }
        }
        await engine.close()
    }

    /// Appends batches one behind the other, each again until it is there, while `faults` goes on
    /// and somebody reads; then everything was read once and in order.
    private func expectOrder(
        _ engine: JetStreamEngine, batches: Int,
        while faults: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await engine.open("a", settings: nil)
        let size = 40
        let reader = Task {
            var cursor = StationCursor(station: "a", partition: 0, offset: 0)
            var texts: [String] = []
            while texts.count < batches * size, !Task.isCancelled {
                guard let part = try? await engine.readAhead(cursor, bounds: ReadBounds()) else {
                    try await Task.sleep(for: .milliseconds(50))
                    continue
                }
                guard let last = part.offsets.last else {
                    await engine.wait(for: [cursor])
                    continue
                }
                texts += part.texts
                cursor.offset = last + 1
            }
            return texts
        }
        let killer = Task { try await faults() }
        for batch in 0..<batches {
            let events = (0..<size).map { Event("\(batch).\($0)", id: "\(batch).\($0)") }
            _ = try await untilItWorks { try await engine.append(events, to: "a") }
            try await Task.sleep(for: .milliseconds(25))
        }
        try await killer.value
        let expected = (0..<batches).flatMap { batch in (0..<size).map { "\(batch).\($0)" } }
        #expect(try await engine.readAll("a").texts == expected)
        #expect(try await reader.value == expected)
    }
}
