import Hummingbird
import Logging
import MoonrailCore
import MoonrailRuntime

/// The routes of the API, version 1.
package struct API: Sendable {
    let operations: Operations
    let tokens: Tokens
    let identity: WorkerMessage
    /// What was measured while it happened.
    let metrics: PrometheusFactory
    let logger: Logger
    /// What producers' events get as their time.
    let now: @Sendable () -> EventTime
    let turns = PartitionTurns()
    private let peers = Peers()

    /// That of the socket: the user at its other end is known.
    var localEntrance: Entrance { Entrance(inner: [PeerMiddleware(peers: peers)]) }

    package init(
        operations: Operations, tokens: Tokens, identity: WorkerMessage,
        metrics: PrometheusFactory, logger: Logger,
        now: @escaping @Sendable () -> EventTime
    ) {
        self.operations = operations
        self.tokens = tokens
        self.identity = identity
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// All routes, behind what finds out who asks.
    func routes(departure: Departure, entrance: Entrance) -> RouteTable {
        let problems = ProblemMiddleware(logger: logger)
        var routes = RouteTable(
            middlewares: [
                DepartureMiddleware(departure: departure), RequestIDMiddleware(logger: logger),
            ] + entrance.outer + [problems] + entrance.inner)
        addAll(to: &routes, problems: problems)
        OpenAPIRoute.add(to: &routes, version: identity.version)
        return routes
    }

    private func addAll(to routes: inout RouteTable, problems: ProblemMiddleware) {
        HealthRoutes(operations: operations, identity: identity).add(to: &routes)
        MetricsRoute(
            operations: operations, factory: metrics, version: identity.version, now: now
        ).add(to: &routes)
        routes.add(
            RouteDeclaration(
                .get, "/v1/worker", access: .operate, "Tells which process answers.",
                answers: [.json(WorkerMessage.self, "The process.")])
        ) { [identity] _, _ in try JSONAnswer.response(identity) }
        StationRoutes(operations: operations).add(to: &routes)
        ProduceRoute(operations: operations, turns: turns, now: now, problems: problems)
            .add(to: &routes)
        ReadRoute(operations: operations, logger: logger).add(to: &routes)
        ConsumerRoutes(operations: operations).add(to: &routes)
        FunctionRoutes(operations: operations).add(to: &routes)
        DeploymentRoutes(operations: operations).add(to: &routes)
        UploadRoute(operations: operations).add(to: &routes)
        LetterRoutes(operations: operations).add(to: &routes)
        InvocationRoute(operations: operations).add(to: &routes)
        StateRoutes(operations: operations).add(to: &routes)
        ReplayRoutes(operations: operations).add(to: &routes)
        ComparisonRoutes(operations: operations, problems: problems).add(to: &routes)
        TraceRoute(operations: operations).add(to: &routes)
        StoreRoutes(operations: operations).add(to: &routes)
        TokenRoutes(operations: operations, tokens: tokens, now: now).add(to: &routes)
    }
}

extension LocalRequestContext {
    /// The station that the path names.
    func stationName() throws -> StationName {
        try StationName(try pathText("station"))
    }
}
