import CoreMetrics
import Logging
import MoonrailCore
import ServiceLifecycle

/// Deploys the functions of a directory and runs their lanes.
package struct Worker: Service {
    private let engine: any StationEngine
    private let deployment: Deployment
    private let hosts: any FunctionHostStarter
    private let settings: Settings
    private let webhooks: [Webhook]
    private let ownership: any LaneOwnership
    private let board: FunctionBoard
    private let requests = Handoff<DeploymentRequest>(capacity: 1)
    private let idleHosts: IdleHosts
    private let feed: InvocationFeed
    private let metrics: any MetricsFactory
    private let tell: @Sendable (FunctionNews) -> Void
    private let now: @Sendable () -> EventTime
    private let clock: any Clock<Duration>
    private let logger: Logger

    package struct Settings: Sendable {
        /// Stations that the configuration declares.
        package var stations: DeclaredStations
        /// Whether stations that functions name are created when they are missing.
        package var createsStations: Bool
        /// How long a function's host may be without work before it is stopped.
        package var hostIdle: Duration

        /// Whether what scripts log goes to the log, too, and not only to those who watch.
        package var logsScripts: Bool

        package init(
            stations: DeclaredStations = DeclaredStations(), createsStations: Bool = true,
            hostIdle: Duration = .seconds(60), logsScripts: Bool = true
        ) {
            self.stations = stations
            self.createsStations = createsStations
            self.hostIdle = hostIdle
            self.logsScripts = logsScripts
        }
    }

    /// - Parameters:
    ///   - ownership: which lanes it runs.
    ///   - metrics: makes what lanes are measured with.
    ///   - clock: goes as fast as `now`; lanes sleep by it until a timer is due.
    ///   - news: called with what becomes of functions, on any thread; it must not wait. Nil: the
    ///     log says it.
    package init(
        engine: any StationEngine, ownership: any LaneOwnership = SoleOwner(),
        deployment: Deployment, hosts: any FunctionHostStarter,
        settings: Settings, webhooks: [Webhook] = [], logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        now: @escaping @Sendable () -> EventTime,
        clock: any Clock<Duration> = ContinuousClock(),
        news: (@Sendable (FunctionNews) -> Void)? = nil
    ) {
        self.engine = engine
        self.ownership = ownership
        board = FunctionBoard(ownership)
        self.deployment = deployment
        self.hosts = hosts
        self.settings = settings
        self.webhooks = webhooks
        self.logger = logger
        self.metrics = metrics
        self.now = now
        self.clock = clock
        feed = InvocationFeed(replacesLog: !settings.logsScripts)
        tell = news ?? { $0.log(to: logger) }
        idleHosts = IdleHosts(stoppedAfter: settings.hostIdle, clock: ContinuousClock())
    }

    /// How the worker's functions stand.
    package var overview: any FunctionOverview { board }

    /// How its lanes are asked to do something.
    package var operators: any LaneOperators { RunningLanes(board: board) }

    /// How its deployments are asked to do something.
    package var deployments: any DeploymentOperators { RunningDeployments(requests: requests) }

    /// What its functions do, as it is settled.
    package var invocations: InvocationFeed { feed }

    /// Ends the process when there is nothing left to do; to be run beside the worker.
    package var untilIdle: UntilIdle { UntilIdle(board: board, engine: engine, logger: logger) }

    /// Runs until a graceful shutdown, and then until what hosts worked on is settled.
    ///
    /// - Throws: `EngineError` when the declared stations can't be opened, or what was deployed
    ///   before can't be read.
    package func run() async throws {
        defer { feed.finish() }
        for alteration in try await settings.stations.apply(to: engine) {
            logger.notice("\(alteration)")
        }
        for deviation in try await settings.stations.deviations(in: engine) {
            logger.warning("\(deviation)")
        }
        try await LaneStations.open(in: engine)
        await tellLayers()
        if !deployment.directory.exists {
            logger.warning(
                "there is no functions directory: what is put there later is deployed then",
                metadata: ["directory": "\(deployment.directory.path)"])
        }
        let registry = try await FunctionRegistry(engine)
        let ending = StopRequest()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [requests] in
                try? await gracefulShutdown()
                ending.make()
                requests.finish()
            }
            group.addTask { await ending.cancelling { await idleHosts.run() } }
            await deploy(registry, ending, &group)
        }
    }

    /// Deploys what the directory holds, and then whatever comes, until the worker is to end.
    private func deploy(
        _ registry: FunctionRegistry, _ ending: StopRequest, _ group: inout TaskGroup<Void>
    ) async {
        var deployer = Deployer(
            deployment: deployment, registry: registry,
            audit: Audit(engine: engine, logger: logger, now: now),
            opener: StationOpener(engine: engine, settings: settings),
            surroundings: surroundings(), ending: ending, by: Asker.process)
        var watch = DirectoryWatch(deployment.directory, deployment.overrides)
        _ = watch.look()
        await deployer.take(watch.files, &group)
        let webhookLanes = WebhookLanes(
            webhooks: webhooks, opener: deployer.opener, surroundings: surroundings())
        await webhookLanes.begin(&group)
        board.deployed()
        tell(.ready)
        group.addTask { [watch, requests] in
            await Self.report(watch, to: requests, until: ending)
        }
        if ownership.isShared {
            let recorded = RecordedChanges(engine: engine, logger: logger)
            group.addTask { [requests] in
                await ending.cancelling { await recorded.report { await requests.give(.recorded) } }
            }
        }
        while let requests = await requests.takeAll() {
            for request in requests { await deployer.take(request, &group) }
        }
        deployer.finish()
    }

    /// Tells of every change of the directory.
    private static func report(
        _ watch: DirectoryWatch, to requests: Handoff<DeploymentRequest>, until ending: StopRequest
    ) async {
        var watch = watch
        while !ending.isMade, !Task.isCancelled {
            await ending.cancelling { [watch] in await watch.wait() }
            if watch.look() { await requests.give(.files(watch.files)) }
        }
    }

    private func surroundings() -> FunctionSupervisor.Surroundings {
        FunctionSupervisor.Surroundings(
            engine: engine, ownership: ownership, hosts: hosts, idleHosts: idleHosts,
            board: board, feed: feed, metrics: metrics, now: now, clock: clock, logger: logger,
            tell: tell,
            paused: { [requests] function, pause in
                requests.giveAtOnce(.paused(function.name, pause))
            })
    }

    /// Says what stands between scripts and this machine.
    private func tellLayers() async {
        do {
            let host = try await hosts.start()
            let layers = host.layers
            await host.stop()
            let active = layers.active.joined(separator: ", ")
            let missing = layers.missing.isEmpty ? "none" : layers.missing.joined(separator: ", ")
            logger.info("functions run behind \(active); not available here: \(missing)")
            if !layers.active.contains("seccomp") {
                logger.warning("functions run without a filter of system calls; trust each of them")
            }
        } catch {
            logger.error("no function can run: \(error)")
        }
    }
}
