import Logging
import MoonrailCore
import ServiceLifecycle

/// Deploys the functions of a directory and runs their lanes.
package struct Worker: Service {
    private let engine: any StationEngine
    private let deployment: Deployment
    private let hosts: any FunctionHostStarter
    private let settings: Settings
    private let board = FunctionBoard()
    private let idleHosts: IdleHosts
    private let now: @Sendable () -> EventTime
    private let logger: Logger

    package struct Settings: Sendable {
        /// Stations that the configuration declares.
        package var stations: DeclaredStations
        /// Whether stations that functions name are created when they are missing.
        package var createsStations: Bool
        /// How long a function's host may be without work before it is stopped.
        package var hostIdle: Duration

        package init(
            stations: DeclaredStations = DeclaredStations(), createsStations: Bool = true,
            hostIdle: Duration = .seconds(60)
        ) {
            self.stations = stations
            self.createsStations = createsStations
            self.hostIdle = hostIdle
        }
    }

    package init(
        engine: any StationEngine, deployment: Deployment, hosts: any FunctionHostStarter,
        settings: Settings, logger: Logger, now: @escaping @Sendable () -> EventTime
    ) {
        self.engine = engine
        self.deployment = deployment
        self.hosts = hosts
        self.settings = settings
        self.logger = logger
        self.now = now
        idleHosts = IdleHosts(stoppedAfter: settings.hostIdle, clock: ContinuousClock())
    }

    /// How the worker's functions stand.
    package var overview: any FunctionOverview { board }

    /// How its lanes are asked to do something.
    package var operators: any LaneOperators { RunningLanes(board: board) }

    /// Ends the process when there is nothing left to do; to be run beside the worker.
    package var untilIdle: UntilIdle { UntilIdle(board: board, engine: engine) }

    /// Runs until a graceful shutdown, and then until what was read is settled.
    ///
    /// - Throws: `EngineError` when the declared stations can't be opened.
    package func run() async throws {
        for alteration in try await settings.stations.apply(to: engine) {
            logger.notice("\(alteration)")
        }
        try await engine.open(.letterFollowUps, settings: nil)
        await tellLayers()
        let (functions, problems) = await deployment.examine()
        for problem in problems { logger.error("\(problem)") }
        await withTaskGroup(of: Void.self) { group in
            let admitted = admit(functions)
            let opened = await openStations(of: admitted)
            for function in admitted {
                for lane in deploy(function, opened[function.name]) {
                    group.addTask { await run(lane) }
                }
            }
            board.deployed()
            group.addTask { await cancelWhenGracefulShutdown { await idleHosts.run() } }
        }
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

    /// The functions that may run beside each other; of the others the board says why not.
    private func admit(_ functions: [Deployment.Examined]) -> [DeployableFunction] {
        var graph = FunctionGraph()
        return functions.compactMap { examined in
            guard case .deployable(let function) = examined else {
                board.show(examined.status)
                if case .failed(let why) = examined.status.state {
                    logger.error("\(examined.status.name) is not deployed: \(why)")
                }
                return nil
            }
            do {
                try graph.add(function.definition)
                return function
            } catch {
                fail(function, "\(error)")
                return nil
            }
        }
    }

    /// The lanes of a function whose stations were opened; none when they could not be, and then
    /// the board says why.
    private func deploy(
        _ function: DeployableFunction, _ opened: Result<UInt32, any Error>?
    ) -> [Lane] {
        do {
            guard let partitions = try opened?.get() else { return [] }
            CrashPoint.deploy.pass()
            logger.info(
                "deployed \(function.name)@\(function.version)",
                metadata: [
                    "from": "\(function.definition.from)", "to": "\(function.definition.to)",
                    "lanes": "\(partitions)",
                ])
            let lanes = (0..<partitions).map { lane($0, of: function) }
            board.show(function.status(.running), lanes: lanes.map(\.id))
            return lanes
        } catch {
            fail(function, "\(error)")
            return []
        }
    }

    private func lane(_ partition: UInt32, of function: DeployableFunction) -> Lane {
        let board = board
        let id = LaneID(function: function.name, partition: partition)
        return Lane(
            id: id, function: function, engine: engine, hosts: hosts, idleHosts: idleHosts,
            retry: Retry(clock: ContinuousClock(), logger: logger), now: now, logger: logger,
            hostDied: { board.hostDied(of: function.name) }, moved: { board.moved() },
            takesRequests: { board.takesRequests(id, $0) })
    }

    /// Runs the lane until the process is asked to stop, through as many pauses as it takes.
    private func run(_ lane: Lane) async {
        var resumes = false
        do {
            while let pause = try await lane.run(resumes: resumes) {
                logger.error("lane \(lane.id) is paused: \(pause.reason)")
                resumes = await cancelWhenGracefulShutdown { await board.pause(lane.id, pause) }
                guard resumes else { return }
                logger.info("lane \(lane.id) is resumed")
            }
        } catch {
            fail(lane.function, "lane \(lane.id) stopped: \(error)")
        }
    }

    private func fail(_ function: DeployableFunction, _ why: String) {
        logger.error("\(function.name): \(why)")
        board.show(function.status(.failed(why)))
    }

    /// Functions whose stations are opened at the same time: what they create shares flushes.
    private static let openingsAtOnce = 64

    /// Opens the stations of all functions, and answers how many lanes each has, or why none.
    private func openStations(
        of functions: [DeployableFunction]
    ) async -> [FunctionName: Result<UInt32, any Error>] {
        await withTaskGroup(of: (FunctionName, Result<UInt32, any Error>).self) { group in
            var opened: [FunctionName: Result<UInt32, any Error>] = [:]
            for (number, function) in functions.enumerated() {
                if number >= Self.openingsAtOnce, let (name, result) = await group.next() {
                    opened[name] = result
                }
                group.addTask {
                    do {
                        let lanes = try await openStations(of: function.definition)
                        return (function.name, .success(lanes))
                    } catch {
                        return (function.name, .failure(error))
                    }
                }
            }
            for await (name, result) in group { opened[name] = result }
            return opened
        }
    }

    /// Makes sure that the function's stations are there, and answers how many lanes it has.
    private func openStations(of definition: FunctionDefinition) async throws -> UInt32 {
        var counts: [StationName: UInt32] = [:]
        for station in definition.from { counts[station] = try await open(station).partitions }
        for station in definition.to { try await open(station) }
        // A dead-letter station is needed whatever the setting: the line must not stop for it.
        try await engine.open(.deadLetters(of: definition.name), settings: nil)
        guard let first = counts[definition.from[0]], counts.values.allSatisfy({ $0 == first })
        else {
            let list = counts.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value)" }
            throw InvalidDeployment(
                description: "its input stations must have equal numbers of partitions; "
                    + list.joined(separator: ", "))
        }
        return first
    }

    @discardableResult
    private func open(_ station: StationName) async throws(EngineError) -> StationSettings {
        if settings.createsStations {
            return try await settings.stations.makeSure(of: station, in: engine)
        }
        return try await engine.describe(station).settings
    }
}

/// A function that compiles but can't run over the stations as they are.
struct InvalidDeployment: Error, CustomStringConvertible {
    let description: String
}
