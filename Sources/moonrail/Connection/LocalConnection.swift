import AsyncHTTPClient
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import ServiceLifecycle

/// Reaches the API of a data directory: that of the worker or command which owns it now, otherwise
/// that of this process, which then owns the directory for a moment.
struct LocalConnection: Sendable {
    private let settings: Settings
    private let access: APIConnection.Access
    private let socket: String
    private let logger: Logger

    /// How long the owner of the directory may take from its lock to its socket, and back.
    private static let handover = Duration.seconds(5)
    private static let glance = Duration.milliseconds(20)
    private static let settled = Duration.seconds(1)
    /// How long requests of others may go on after this command's own work is done.
    private static let farewell = Duration.seconds(10)

    /// - Throws: `CommandFailure` when the directory is missing, `unavailable` when its path is too
    ///   long.
    init(_ settings: Settings, access: APIConnection.Access) throws {
        self.settings = settings
        self.access = access
        if case .reading = access { try DataDirectory(settings.dataDirectory).mustExist() }
        socket = try LocalServer.socketPath(in: settings.dataDirectory)
        var logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        self.logger = logger
    }

    /// Calls `body` with a client of the API, and again when the server left before it took a
    /// request: by then this process may be the directory's owner.
    ///
    /// - Throws: `CommandFailure.interrupted` when the user stops it; also then requests of others
    ///   are let finish.
    func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (APIClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        // Whether to try again is decided here, with a look at the lock.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            let client = APIClient(http: http, server: .init(socket: socket))
            let clock = ContinuousClock()
            var deadline = clock.now + Self.handover
            while true {
                let start = clock.now
                do {
                    return try await withServer(until: deadline) {
                        try await Interruption.guarded { try await body(client) }
                    }
                } catch let error as APIClient.ServerLeft {
                    // What went on for a while was no failure to begin.
                    if clock.now - start > Self.settled { deadline = clock.now + Self.handover }
                    guard clock.now < deadline else { throw error.reason }
                }
            }
        }
    }

    /// Calls `body` while the API is served, by whom ever.
    ///
    /// - Throws: `EngineError.inUse` when another process owns the directory but does not serve it.
    private func withServer<Value: Sendable>(
        until deadline: ContinuousClock.Instant, _ body: () async throws -> Value
    ) async throws -> Value {
        let composition = Composition(settings: settings, logger: logger)
        while true {
            if try SocketProbe.answers(at: socket) { return try await body() }
            do {
                return try await withOwnServer(composition, body)
            } catch EngineError.inUse(let message) {
                guard ContinuousClock().now < deadline else { throw EngineError.inUse(message) }
                try await Task.sleep(for: Self.glance)
            }
        }
    }

    /// Owns the directory while `body` runs.
    ///
    /// - Throws: `EngineError.inUse` when another process owns it.
    private func withOwnServer<Value: Sendable>(
        _ composition: Composition, _ body: () async throws -> Value
    ) async throws -> Value {
        let open = try composition.openEngine(.command)
        return try await open.closing {
            if case .creating = access {
                try await composition.declaredStations.create(in: open.engine)
            }
            let (running, signal) = AsyncStream<Void>.makeStream()
            let api = try composition.api(
                open, functions: composition.idleFunctions(open),
                operators: composition.idleLanes(open),
                deployments: composition.idleDeployments(open), role: .command)
            let server = composition.server(api, onRunning: { signal.yield() })
            return try await serve(server, beside: open.care, running, signal, body)
        }
    }

    /// Serves the API while `body` runs, and until requests of others have ended.
    private func serve<Value: Sendable>(
        _ server: LocalServer, beside care: [EngineCare], _ running: AsyncStream<Void>,
        _ signal: AsyncStream<Void>.Continuation, _ body: () async throws -> Value
    ) async throws -> Value {
        // A stop goes from the last to the first: what requests need stays until they are done.
        var services: [any Service] = care
        services.append(server)
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
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

    private static func result<Value: Sendable>(
        of body: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
