/// Three `nats-server`s of a test that are one cluster on loopback; they end with the value.
package final class NATSCluster: Sendable {
    package let servers: [NATSServer]

    package init() async throws {
        let routes = try (0..<3).map { _ in try FreePort.find() }
        let peers = routes.map { "nats://127.0.0.1:\($0)" }.joined(separator: ", ")
        var servers: [NATSServer] = []
        for number in 0..<3 {
            servers.append(
                try await NATSServer(
                    settings: """
                        server_name: "n\(number)"
                        cluster {
                          name: "test"
                          listen: 127.0.0.1:\(routes[number])
                          routes: [\(peers)]
                        }
                        """))
        }
        self.servers = servers
    }

    package var urls: [String] { servers.map(\.url) }
}
