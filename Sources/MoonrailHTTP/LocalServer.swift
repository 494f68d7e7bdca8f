import Glibc
import Hummingbird
import Logging
import MoonrailCore
import ServiceLifecycle

/// Serves the API on the data directory's socket, for as long as this process owns the directory.
///
/// A graceful shutdown takes the socket away first, lets requests finish, and ends the reads that
/// follow a station. Cancelling breaks all of them off.
package struct LocalServer: Service {
    /// Longest path of a UNIX socket in bytes (`sun_path` of Linux without its final zero).
    package static let pathBytes = 107

    private let api: API
    private let directory: String
    private let logger: Logger
    private let onRunning: @Sendable () async -> Void

    /// - Parameters:
    ///   - directory: the data directory, whose lock this process holds while the server runs.
    ///   - onRunning: called once requests are answered.
    package init(
        api: API, directory: String, logger: Logger,
        onRunning: @escaping @Sendable () async -> Void = {}
    ) {
        self.api = api
        self.directory = directory
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Where the server of a data directory listens.
    ///
    /// - Throws: `unavailable` when the path is too long for a socket.
    package static func socketPath(in directory: String) throws(EngineError) -> String {
        let path = directory + "/moonrail.sock"
        guard path.utf8.count <= pathBytes else {
            throw .unavailable(
                "the path of the socket \(path) has \(path.utf8.count) bytes, the system allows "
                    + "\(pathBytes); use a data directory with a shorter path")
        }
        return path
    }

    /// Serves until it is shut down.
    ///
    /// - Throws: `EngineError.unavailable` when it can't listen.
    package func run() async throws {
        let path = try Self.socketPath(in: directory)
        // It listens under another name and gets the true one when all is ready, so that nobody
        // ever finds a socket that does not answer or that others of the machine may open.
        let unnamed = directory + "/moonrail.new"
        // What matters of its errors is thrown; the rest it says of connections that break off.
        var quiet = logger
        quiet.logLevel = .critical
        let departure = Departure(socket: path)
        let application = Application(
            router: api.routes(departure: departure, entrance: api.localEntrance)
                .sealed(),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: unnamed)),
            onServerRunning: { [logger, onRunning] _ in
                guard chmod(unnamed, 0o600) == 0, rename(unnamed, path) == 0 else {
                    let reason = String(cString: strerror(errno))
                    logger.error("the socket can't be named", metadata: ["reason": "\(reason)"])
                    return
                }
                logger.debug("serving the API", metadata: ["socket": "\(path)"])
                await onRunning()
            },
            logger: quiet)
        // The owner lets go of the directory's lock only after this returned, so the socket that
        // is removed is this server's and no other's.
        defer { unlink(path) }
        do {
            // Services are stopped in turn from the last: the departure ends before the server.
            try await ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [application, departure], logger: quiet)
            ).run()
        } catch let error where !(error is CancellationError) {
            unlink(unnamed)
            throw EngineError.unavailable("can't serve on \(path): \(error)")
        }
    }
}
