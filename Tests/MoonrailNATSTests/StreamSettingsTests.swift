import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

/// How streams that are there stand to what is declared of their stations.
@Suite(.timeLimit(.minutes(2)))
struct StreamSettingsTests {
    private static let stream = "test=orders"
    private static let month = Duration.seconds(30 * 86_400)

    /// Calls `body` with a broker and an engine on it.
    private func with(
        _ body: (NATSServer, JetStreamEngine) async throws -> Void
    ) async throws {
        let server = try await NATSServer()
        let engine = try JetStreamEngine(.test([server.url]), directory: nil)
        try await body(server, engine)
        await engine.close()
    }

    private func differences(
        _ engine: JetStreamEngine, _ declared: StationSettings
    ) async throws -> [String] {
        try await engine.differences(of: "orders", from: declared).map {
            "\($0.setting.rawValue): \($0.present), \($0.declared)"
        }
    }

    @Test func `a stream that differs is told of setting by setting, and stays as it is`()
        async throws
    {
        try await with { server, engine in
            let present = StationSettings(
                partitions: 2, retention: Retention(age: .seconds(7 * 86_400)))
            try await engine.open("orders", settings: present)
            #expect(try await differences(engine, present).isEmpty)
            var settings = BrokerSettings.test([server.url], replicas: 3)
            settings.storage = .memory
            let other = try JetStreamEngine(settings, directory: nil)
            let declared = StationSettings(
                partitions: 4, retention: Retention(age: Self.month, bytes: 1 << 30, events: 9),
                duplicates: DuplicateReach(ids: 5, age: .seconds(60)))
            let before = try server.configuration(ofStream: Self.stream)
            #expect(
                try await differences(other, declared) == [
                    "partitions: 2, 4", "retention.age: 7d, 30d", "retention.bytes: none, 1GiB",
                    "retention.events: none, 9", "duplicates.ids: 1000000, 5",
                    "duplicates.age: 1d, 1m", "replicas: 1, 3", "storage: file, memory",
                ])
            #expect(try server.configuration(ofStream: Self.stream) == before)
            #expect(try await engine.describe("orders").settings == present)
            await other.close()
        }
    }

    @Test func `what is declared is given to a stream, and what else it has stays`() async throws {
        try await with { server, engine in
            let made = try server.ask(
                "$JS.API.STREAM.CREATE.\(Self.stream)",
                [
                    "name": .string(Self.stream), "subjects": .array([.string("test.orders.0")]),
                    "description": .string("owned by team blue"), "max_msg_size": .integer(1_000),
                    "allow_direct": .bool(true), "num_replicas": .integer(1),
                    "storage": .string("file"), "retention": .string("limits"),
                    "republish": .object([
                        "src": .string("test.orders.>"), "dest": .string("copies.>"),
                    ]),
                ])
            #expect(made["error"] == nil, "\(made)")
            let declared = StationSettings(retention: Retention(age: Self.month, bytes: 1 << 30))
            #expect(
                try await differences(engine, declared) == [
                    "retention.age: none, 30d", "retention.bytes: none, 1GiB",
                ])
            let before = try server.configuration(ofStream: Self.stream)
            try await engine.conform("orders", to: declared)
            let after = try server.configuration(ofStream: Self.stream)
            #expect(after["max_age"] == .integer(30 * 86_400 * 1_000_000_000))
            #expect(after["max_bytes"] == .integer(1 << 30))
            #expect(after["allow_direct"] == .bool(true))
            for (name, value) in before where name != "max_age" && name != "max_bytes" {
                #expect(after[name] == value, "\(name)")
            }
            #expect(try await differences(engine, declared).isEmpty)
        }
    }

    @Test func `what an administrator altered is what a station has, and an alteration keeps it`()
        async throws
    {
        try await with { server, engine in
            try await engine.open("orders", settings: nil)
            var configuration = try server.configuration(ofStream: Self.stream)
            configuration["allow_direct"] = .bool(true)
            configuration["max_age"] = .integer(3_600 * 1_000_000_000)
            let updated = try server.ask("$JS.API.STREAM.UPDATE.\(Self.stream)", configuration)
            #expect(updated["error"] == nil, "\(updated)")
            #expect(
                try await differences(engine, StationSettings()) == ["retention.age: 1h, none"])
            var settings = try await engine.describe("orders").settings
            #expect(settings == StationSettings(retention: Retention(age: .seconds(3_600))))
            settings.retention.events = 7
            try await engine.alter("orders", settings: settings)
            let after = try server.configuration(ofStream: Self.stream)
            #expect(after["allow_direct"] == .bool(true))
            #expect(after["max_age"] == configuration["max_age"])
            #expect(after["max_msgs"] == .integer(7))
        }
    }

    @Test func `what is fixed stays, and the rest is done all the same`() async throws {
        try await with { _, engine in
            try await engine.open("orders", settings: nil)
            let declared = StationSettings(partitions: 3, retention: Retention(events: 10))
            try await engine.conform("orders", to: declared)
            #expect(try await differences(engine, declared) == ["partitions: 1, 3"])
            #expect(
                try await engine.describe("orders").settings
                    == StationSettings(retention: Retention(events: 10)))
        }
    }

    @Test func `replicas of a station are altered in a cluster`() async throws {
        let cluster = try await NATSCluster()
        let one = try JetStreamEngine(.test(cluster.urls), directory: nil)
        try await untilItWorks { try await one.open("orders", settings: nil) }
        var settings = BrokerSettings.test(cluster.urls)
        settings.streams["orders"] = BrokerStream(replicas: 3)
        let other = try JetStreamEngine(settings, directory: nil)
        try await one.append(texts: ["1"], to: "orders")
        #expect(try await differences(other, StationSettings()) == ["replicas: 1, 3"])
        try await other.conform("orders", to: StationSettings())
        #expect(try await differences(other, StationSettings()).isEmpty)
        // The servers that are new to it take what is there a moment later.
        var texts: [String] = []
        for _ in 0..<200 where texts.isEmpty {
            texts = try await untilItWorks { try await other.readAll("orders").texts }
            if texts.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(texts == ["1"])
        await one.close()
        await other.close()
    }

    @Test func `a station has the storage that is declared of it`() async throws {
        let server = try await NATSServer()
        var settings = BrokerSettings.test([server.url])
        settings.streams["orders"] = BrokerStream(storage: .memory)
        let engine = try JetStreamEngine(settings, directory: nil)
        try await engine.open("orders", settings: nil)
        try await engine.open("others", settings: nil)
        #expect(try server.configuration(ofStream: "test=orders")["storage"] == .string("memory"))
        #expect(try server.configuration(ofStream: "test=others")["storage"] == .string("file"))
        await engine.close()
    }
}
