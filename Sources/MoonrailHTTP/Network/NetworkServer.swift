import Hummingbird
import HummingbirdCore
import Logging
import MoonrailCore
import NIOCore
import ServiceLifecycle

/// Serves the API on the network, to who has a token.
///
/// A graceful shutdown takes no new connections, lets requests finish, and ends the reads that
/// follow a station.
package struct NetworkServer: Service {
    package struct Settings: Sendable {
        package var address: ListenAddress
        /// Nil for connections in the clear.
        package var certificates: ServerCertificates?
        /// Names besides its own address by which it may be called where only this machine does.
        package var hosts: [String] = []
        /// Pages of which origins may call it.
        package var origins: [String] = []
        /// Connections at a time.
        package var connections = 1_000

        package init(address: ListenAddress, certificates: ServerCertificates? = nil) {
            self.address = address
            self.certificates = certificates
        }
    }

    private let api: API
    private let settings: Settings
    private let logger: Logger
    private let onRunning: @Sendable (SocketAddress?) async -> Void

    /// - Parameter onRunning: called once requests are answered, with the address.
    /// - Throws: `EngineError.unavailable` for an address that others reach without a token or
    ///   certificate.
    package init(
        api: API, settings: Settings, logger: Logger,
        onRunning: @escaping @Sendable (SocketAddress?) async -> Void = { _ in }
    ) throws(EngineError) {
        if !settings.address.isLoopback {
            let refusal = "others reach \(settings.address), so it is not served "
            guard settings.certificates != nil else {
                throw .unavailable(
                    refusal + "in the clear: set http.tls.certificate and http.tls.key, or listen "
                        + "on 127.0.0.1")
            }
            guard api.tokens.areRequired else {
                throw .unavailable(
                    refusal + "without tokens: make one with `moonrail token create NAME --scope "
                        + "SCOPE`, or listen on 127.0.0.1")
            }
        }
        self.api = api
        self.settings = settings
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until it is shut down.
    ///
    /// - Throws: `EngineError.unavailable` when it can't listen.
    package func run() async throws {
        // What matters of its errors is thrown; the rest it says of connections that break off.
        var quiet = logger
        quiet.logLevel = .critical
        let departure = Departure(socket: nil)
        let count = ConnectionCount(maximum: settings.connections)
        let certificates = settings.certificates
        let application = Application(
            router: api.routes(departure: departure, entrance: entrance).sealed(),
            server: HTTPServerBuilder { responder in
                GuardedChannel(
                    responder: responder, connections: count, certificates: certificates)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.address.host, port: settings.address.port),
                backlog: NetworkBounds.backlog),
            onServerRunning: { channel in await began(at: channel.localAddress) },
            logger: quiet)
        // Services are stopped in turn from the last: the departure ends before the server.
        var services: [any Service] = [application, departure]
        if let certificates { services.insert(certificates, at: 0) }
        do {
            try await ServiceGroup(
                configuration: ServiceGroupConfiguration(services: services, logger: quiet)
            ).run()
        } catch let error where !(error is CancellationError) {
            throw EngineError.unavailable("can't serve on \(settings.address): \(error)")
        }
    }

    private func began(at address: SocketAddress?) async {
        let port = address?.port ?? settings.address.port
        let scheme = settings.certificates == nil ? "http" : "https"
        logger.notice(
            "serving the API on the network",
            metadata: ["url": "\(scheme)://\(settings.address.hostText):\(port)"])
        if !api.tokens.areRequired {
            logger.warning(
                """
                anybody on this machine may use the API, until a token is made with: moonrail \
                token create
                """)
        }
        await onRunning(address)
    }

    private var entrance: Entrance {
        Entrance(
            outer: [AnswerHeadersMiddleware(origins: Set(settings.origins))],
            inner: [
                BrowserMiddleware(
                    // Elsewhere a token keeps out who is not meant, whatever name was used.
                    hosts: settings.address.isLoopback
                        ? Set(settings.hosts + BrowserMiddleware.ownNames(of: settings.address))
                        : nil,
                    origins: Set(settings.origins), isSecure: settings.certificates != nil),
                TokenMiddleware(tokens: api.tokens),
            ])
    }
}

/// What requests go through on their way to the routes: who listens where decides it.
struct Entrance {
    /// Around everything, the answers to errors among it.
    var outer: [RouteTable.Middleware] = []
    /// Finds out who asks, or refuses.
    var inner: [RouteTable.Middleware]
}
