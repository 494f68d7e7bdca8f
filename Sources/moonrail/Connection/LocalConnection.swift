import AsyncHTTPClient
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailEmbedded
import MoonrailHTTP
import MoonrailRuntime
import ServiceLifecycle

/// Reaches the API of a data directory: that of the worker or command which owns it now, otherwise
/// that of this process, which then owns the directory for a moment.
struct LocalConnection: Sendable {
    enum Access {
        /// The data directory must exist.
        case reading
        /// It is created when it is missing, with the stations that the configuration declares.
        case creating
    }

    private let settings: Settings
    private let access: Access
    private let socket: String
    private let logger: Logger

    /// How long the owner of the directory may take from its lock to its socket, and back.
    private static let handover = Duration.seconds(5)
    private static let glance = Duration.milliseconds(50)
    /// How long requests of others may go on after this command's own work is done.
    private static let farewell = Duration.seconds(10)

    /// - Throws: `CommandFailure` when the directory is missing, `unavailable` when its path is too
    ///   long.
    init(_ settings: Settings, access: Access) throws {
        self.settings = settings
        self.access = access
        if case .reading = access { try DataDirectory(settings.dataDirectory).mustExist() }
        socket = try LocalServer.socketPath(in: settings.dataDirectory)
        var logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        self.logger = logger
    }

    /// Calls `body` with a client of the API; it must not outlive the call.
    func withClient<Value: Sendable>(
        _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        // Whether to try again is decided here, with a look at the lock.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await withServer {
                try await body(APIClient(http: client, socket: socket, connection: self))
            }
        }
    }

    /// Calls `body` while the API is served, by whom ever.
    ///
    /// - Throws: `EngineError.inUse` when another process owns the directory but does not serve it.
    func withServer<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.handover
        let composition = Composition(settings: settings, logger: logger)
        while true {
            if try SocketProbe.answers(at: socket) { return try await body() }
            do {
                let engine = try composition.engine()
                return try await withOwnServer(composition, engine, body)
            } catch EngineError.inUse(let message) {
                guard clock.now < deadline else { throw EngineError.inUse(message) }
                try await Task.sleep(for: Self.glance)
            }
        }
    }

    /// Owns the directory while `body` runs.
    private func withOwnServer<Value: Sendable>(
        _ composition: Composition, _ engine: EmbeddedEngine, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            if case .creating = access {
                for (name, settings) in settings.stations.sorted(by: { $0.key < $1.key }) {
                    _ = try await engine.open(name, settings: settings)
                }
            }
            let result = try await serve(composition, engine, body)
            await engine.close()
            return result
        } catch {
            await engine.close()
            throw error
        }
    }

    private static func result<Value: Sendable>(
        of body: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    /// Serves the API while `body` runs, and until requests of others have ended.
    private func serve<Value: Sendable>(
        _ composition: Composition, _ engine: EmbeddedEngine, _ body: () async throws -> Value
    ) async throws -> Value {
        let (running, signal) = AsyncStream<Void>.makeStream()
        let server = composition.server(
            engine, functions: DeployableOverview(deployment: composition.deployment()),
            role: .command, onRunning: { signal.yield() })
        var configuration = ServiceGroupConfiguration(services: [server], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.farewell
        let group = ServiceGroup(configuration: configuration)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { signal.finish() }
                try await group.run()
            }
            var iterator = running.makeAsyncIterator()
            guard await iterator.next() != nil else {
                try await tasks.next()
                throw CancellationError()
            }
            let result = await Self.result(of: body)
            // Others' requests are let finish also when this command failed.
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }
}
