import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime

/// The routes of the API, version 1.
package struct API: Sendable {
    let operations: Operations
    let identity: WorkerMessage
    let logger: Logger
    /// What producers' events get as their time.
    let now: @Sendable () -> EventTime
    let turns = PartitionTurns()
    private let peers = Peers()

    package init(
        operations: Operations, identity: WorkerMessage, logger: Logger,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.operations = operations
        self.identity = identity
        self.logger = logger
        self.now = now
    }

    func router(departure: Departure) -> Router<LocalRequestContext> {
        let router = Router(context: LocalRequestContext.self)
        router.add(middleware: DepartureMiddleware(departure: departure))
        let problems = ProblemMiddleware(logger: logger)
        router.add(middleware: problems)
        router.add(middleware: PeerMiddleware(peers: peers))
        MetricsRoute(operations: operations).add(to: router)
        let api = router.group("v1")
        api.get("worker") { [identity] _, _ in try JSONAnswer.response(identity) }
        StationRoutes(operations: operations).add(to: api)
        ProduceRoute(operations: operations, turns: turns, now: now).add(to: api)
        ReadRoute(operations: operations, logger: logger).add(to: api)
        FunctionRoutes(operations: operations).add(to: api)
        DeploymentRoutes(operations: operations).add(to: api)
        LetterRoutes(operations: operations).add(to: api)
        InvocationRoute(operations: operations).add(to: api)
        StateRoutes(operations: operations).add(to: api)
        ReplayRoutes(operations: operations).add(to: api)
        ComparisonRoutes(operations: operations, problems: problems).add(to: api)
        TraceRoute(operations: operations).add(to: api)
        StoreRoutes(operations: operations).add(to: api)
        return router
    }
}

extension LocalRequestContext {
    /// The station that the path names.
    func stationName() throws -> StationName {
        try StationName(try parameters.require("station"))
    }
}
