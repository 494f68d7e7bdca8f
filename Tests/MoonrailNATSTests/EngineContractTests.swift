import Foundation
import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

extension EngineFactory {
    /// The engine on a broker, where each case has streams of its own.
    static func jetStream(_ servers: [String], replicas: Int) -> EngineFactory {
        EngineFactory(
            capabilities: [],
            open: { directory, _ in
                try JetStreamEngine(
                    .test(servers, prefix: prefix(of: directory), replicas: replicas),
                    directory: directory)
            },
            close: { engine in await (engine as? JetStreamEngine)?.close() },
            // The broker removes what is not kept by itself.
            tidy: { _ in })
    }

    private static func prefix(of directory: String) -> String {
        let name = URL(fileURLWithPath: directory).lastPathComponent
        return "t" + name.lowercased().filter { $0.isLetter || $0.isNumber }.suffix(24)
    }
}

extension BrokerSettings {
    /// For a broker of a test.
    static func test(_ servers: [String], prefix: String = "test", replicas: Int = 1) -> Self {
        // Three servers and all else that is tested share one machine.
        BrokerSettings(
            servers: servers, prefix: prefix, replicas: replicas, timeout: .seconds(30))
    }
}

/// One case after the other: what replicas write at once would take the machine from other tests.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EngineContractTests {
    /// One broker for all cases.
    private static let server = Task { try await NATSServer() }
    /// A cluster that has a leader for its streams.
    private static let cluster = Task {
        let cluster = try await NATSCluster()
        let engine = try JetStreamEngine(.test(cluster.urls, replicas: 3), directory: nil)
        try await untilItWorks { try await engine.open("first", settings: nil) }
        await engine.close()
        return cluster
    }

    @Test(arguments: EngineContract.cases(with: []))
    func `the engine on one NATS server keeps the contract`(proof: EngineCase) async throws {
        let server = try await Self.server.value
        try await proof.run(.jetStream([server.url], replicas: 1))
    }

    @Test(arguments: EngineContract.cases(with: []))
    func `the engine on a cluster of three keeps the contract`(proof: EngineCase) async throws {
        let cluster = try await Self.cluster.value
        try await proof.run(.jetStream(cluster.urls, replicas: 3))
    }
}

/// Repeats `body` for as long as it throws, half a minute at most.
func untilItWorks<Value>(_ body: () async throws -> Value) async throws -> Value {
    for _ in 0..<300 {
        if let value = try? await body() { return value }
        try await Task.sleep(for: .milliseconds(100))
    }
    return try await body()
}
