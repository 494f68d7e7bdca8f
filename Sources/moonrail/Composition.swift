import AsyncHTTPClient
import Foundation
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailEmbedded
import MoonrailHTTP
import MoonrailNATS
import MoonrailRuntime
import MoonrailSandbox
import MoonrailWebhooks

/// The composition root: the only place that chooses an engine and a sandbox, and wires the parts.
struct Composition {
    let settings: Settings
    let logger: Logger
    /// Measures what happens in this process.
    let metrics = PrometheusFactory()

    /// Opens the engine that the settings choose, and the data directory, which this process then
    /// owns. Blocks while it does.
    ///
    /// - Parameter role: a worker cares for the store; a command leaves that to workers.
    /// - Throws: `EngineError`: `inUse` when another process owns the directory;
    ///   `ConfigurationError` when what the broker is told of this side can't be read.
    func openEngine(_ role: WorkerMessage.Role) throws -> OpenEngine {
        switch settings.engine {
        case .embedded: try openEmbeddedEngine(role)
        case .nats: try openNATSEngine(role)
        }
    }

    /// Opens both engines: the embedded one in the data directory, which this process then owns,
    /// and the broker's. Blocks while it does.
    ///
    /// - Throws: as `openEngine`.
    func openBothEngines() throws -> (embedded: EmbeddedEngine, nats: JetStreamEngine) {
        let broker = try brokerSettings()
        let nats = try JetStreamEngine(broker, directory: nil)
        return (try EmbeddedEngine(directory: settings.dataDirectory, metrics: metrics), nats)
    }

    /// Opens the engine that many processes may use at a time, without the data directory and for
    /// no lanes. Blocks while it does.
    ///
    /// - Returns: nil where the engine has one owner.
    /// - Throws: as `openEngine`.
    func openSharedEngine() throws -> OpenEngine? {
        guard settings.engine == .nats else { return nil }
        let engine = try JetStreamEngine(try brokerSettings(), directory: nil)
        return OpenEngine(
            engine: engine, ownership: SoleOwner(), care: [], close: { await engine.close() })
    }

    private func brokerSettings() throws(ConfigurationError) -> BrokerSettings {
        try BrokerSettings(
            settings.nats, stations: settings.declarations,
            environment: ProcessInfo.processInfo.environment)
    }

    /// The stations that the configuration declares. On a broker those that are there belong to
    /// others, too.
    var declaredStations: DeclaredStations {
        DeclaredStations(
            settings.stations, existing: settings.engine == .nats ? .kept : .altered)
    }

    private func openEmbeddedEngine(
        _ role: WorkerMessage.Role
    ) throws(EngineError) -> OpenEngine {
        let engine = try EmbeddedEngine(directory: settings.dataDirectory, metrics: metrics)
        // What is no longer kept is removed, and what came in small pieces is merged.
        let housekeeping = EngineCare { [logger] in
            await engine.keepHouse { error in
                logger.error("the store can't be tidied now; trying again: \(error)")
            }
        }
        return OpenEngine(
            engine: engine, ownership: SoleOwner(), care: role == .worker ? [housekeeping] : [],
            close: { await engine.close() })
    }

    private func openNATSEngine(_ role: WorkerMessage.Role) throws -> OpenEngine {
        let broker = try brokerSettings()
        // Its socket and its tokens are there, for one process at a time.
        let lock = try DataDirectoryLock(directory: settings.dataDirectory)
        let engine = try JetStreamEngine(broker, directory: settings.dataDirectory)
        if role == .worker, settings.eventBytes > engine.eventBytesMaximum {
            throw CommandFailure(
                .usage,
                "event_bytes is \(settings.eventBytes), but the broker takes payloads of "
                    + "\(engine.eventBytesMaximum) bytes at most beside their headers: set "
                    + "event_bytes to that or less, or raise the servers' max_payload")
        }
        if role == .worker, broker.replicas == 1 {
            logger.warning(
                """
                stations have one replica: unless the broker's servers have sync_interval: always, \
                a power cut loses what they acknowledged in the last two minutes
                """)
        }
        let leases = JetStreamLeases(
            engine, worker: broker.name, lease: settings.nats.lease,
            report: { [logger] in logger.warning("\($0)") })
        return OpenEngine(
            engine: engine, ownership: leases,
            care: [
                EngineCare { await leases.run() },
                EngineCare { try await engine.followConnection() },
            ],
            close: {
                await engine.close()
                lock.release()
            })
    }

    func hosts() -> HostStarter {
        HostStarter(
            executable: Self.functionHost, allowsMissingSeccomp: settings.allowMissingSeccomp)
    }

    func deployment() -> Deployment {
        Deployment(
            directory: FunctionDirectory(path: settings.functionsDirectory),
            overrides: settings.functions, limits: settings.limits, hosts: hosts(),
            readTests: { file in
                guard FileManager.default.fileExists(atPath: file) else { return [] }
                return try FunctionTestFile.tests(in: file)
            }, readManifest: { try FunctionManifestFile.manifest(of: $0, file: $1) })
    }

    /// The webhooks of the configuration.
    ///
    /// - Throws: `CommandFailure` that names the one that can't deliver as it is configured.
    func webhooks(_ http: HTTPClient) throws(CommandFailure) -> [Webhook] {
        var webhooks: [Webhook] = []
        for (name, definition) in settings.webhooks.sorted(by: { $0.key < $1.key }) {
            do {
                let endpoint = try WebhookEndpoint(definition, http: http, now: { .now })
                webhooks.append(try Webhook(name, definition, receiver: endpoint))
            } catch {
                throw CommandFailure(.usage, "webhook '\(name)': \(error)")
            }
        }
        return webhooks
    }

    /// - Parameters:
    ///   - webhooks: what runs beside functions.
    ///   - logsScripts: whether what scripts log goes to the log.
    ///   - news: called with what becomes of functions; nil: the log says it.
    func worker(
        _ open: OpenEngine, webhooks: [Webhook] = [], logsScripts: Bool = true,
        news: (@Sendable (FunctionNews) -> Void)? = nil
    ) -> Worker {
        Worker(
            engine: open.engine, ownership: open.ownership, deployment: deployment(),
            hosts: hosts(),
            settings: .init(
                stations: declaredStations,
                createsStations: settings.createStations, hostIdle: settings.hostIdle,
                logsScripts: logsScripts),
            webhooks: webhooks, logger: logger, metrics: metrics, now: { .now }, news: news)
    }

    /// The lanes of a process that runs no worker.
    func idleLanes(_ open: OpenEngine) -> IdleLanes {
        IdleLanes(
            engine: open.engine, ownership: open.ownership, deployment: deployment(),
            hosts: hosts(), logger: quietLogger, now: { .now })
    }

    /// The deployments of a process that runs no worker.
    func idleDeployments(_ open: OpenEngine) -> IdleDeployments {
        IdleDeployments(
            engine: open.engine, deployment: deployment(), lanes: idleLanes(open),
            logger: quietLogger, now: { .now })
    }

    /// The functions of a process that runs no worker.
    func idleFunctions(_ open: OpenEngine) -> DeployableOverview {
        DeployableOverview(
            deployment: deployment(), engine: open.engine, ownership: open.ownership)
    }

    /// The API of a process that runs functions, or of one that only shows what would run.
    ///
    /// - Throws: `EngineError.unavailable` when the directory's tokens can't be read.
    func api(
        _ open: OpenEngine, functions: any FunctionOverview,
        operators: any LaneOperators, deployments: any DeploymentOperators,
        invocations: InvocationFeed? = nil, role: WorkerMessage.Role
    ) throws(EngineError) -> API {
        let engine = open.engine
        let operations = Operations(
            engine: engine, functions: functions, operators: operators,
            deployments: deployments, invocations: invocations,
            audit: Audit(engine: engine, logger: logger, now: { .now }), deployment: deployment(),
            rehearsal: Rehearsal(engine: engine, hosts: hosts()),
            letterRehearsal: LetterRehearsal(engine: engine, hosts: hosts()),
            history: HistoryComparison(
                engine: engine, hosts: hosts(), deployment: deployment(), logger: quietLogger),
            eventBytes: settings.eventBytes,
            createsStations: settings.createStations,
            declared: declaredStations,
            deploysOverNetwork: settings.http.deploy)
        return API(
            operations: operations,
            tokens: try Tokens(directory: settings.dataDirectory, now: { .now }),
            identity: WorkerMessage(role: role, started: .now), metrics: metrics, logger: logger,
            now: { .now })
    }

    /// The API on the data directory's socket.
    func server(
        _ api: API, onRunning: @escaping @Sendable () async -> Void = {}
    ) -> LocalServer {
        LocalServer(
            api: api, directory: settings.dataDirectory, logger: logger, onRunning: onRunning)
    }

    /// The API on the network, where the configuration says so.
    ///
    /// - Throws: `CommandFailure` for certificates that are said by half; `EngineError.unavailable`
    ///   when it can't be served so.
    func networkServer(_ api: API) throws -> NetworkServer? {
        guard let address = settings.http.listen else { return nil }
        var network = NetworkServer.Settings(
            address: address, certificates: try certificates())
        network.hosts = settings.http.hosts
        network.origins = settings.http.origins
        network.connections = settings.http.connections
        try DescriptorLimit.allow(connections: network.connections)
        return try NetworkServer(api: api, settings: network, logger: logger)
    }

    private func certificates() throws -> ServerCertificates? {
        let tls = settings.http.tls
        guard let certificate = tls.certificate, let key = tls.key else {
            guard tls.certificate == nil, tls.key == nil, tls.clientAuthorities == nil else {
                throw CommandFailure(
                    .usage, "http.tls needs both 'certificate' and 'key', or nothing of all")
            }
            return nil
        }
        return try ServerCertificates(
            ServerCertificates.Files(
                certificate: certificate, key: key, clientAuthorities: tls.clientAuthorities,
                requiresClientCertificate: tls.clientCertificates == .required),
            logger: logger)
    }

    /// Checks the store of a data directory that can't be opened, or that nobody owns.
    static func check(directory: String) async throws(EngineError) -> StoreReport {
        try await EmbeddedEngine.check(directory: directory)
    }

    /// Checks a backup; nothing is changed.
    static func verifyBackup(_ file: String) async throws(EngineError) -> StoreReport {
        try await EmbeddedEngine.verifyBackup(at: file)
    }

    /// Makes a data directory of a backup.
    static func restore(backup file: String, into directory: String) async throws(EngineError) {
        try await EmbeddedEngine.restore(backup: file, into: directory)
    }

    /// For libraries that log each of their own steps: warnings and worse only.
    var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// `MOONRAIL_FUNCTION_HOST`, else `function-host` beside this executable.
    static var functionHost: String {
        if let path = ProcessInfo.processInfo.environment["MOONRAIL_FUNCTION_HOST"] { return path }
        let executable = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        return URL(fileURLWithPath: executable ?? CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("function-host").path
    }
}
