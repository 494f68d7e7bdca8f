import MoonrailCore

/// What the API works on: the engine, and the functions as the process that serves it knows them.
package struct Operations: Sendable {
    package let engine: any StationEngine
    package let functions: any FunctionOverview
    /// Lanes that are asked to do something out of turn.
    package let operators: any LaneOperators
    /// Deployments that are asked to do something.
    package let deployments: any DeploymentOperators
    /// What functions do now; nil in a process that runs no worker.
    package let invocations: InvocationFeed?
    package let audit: Audit
    package let deadLetters: DeadLetters
    package let lineage: Lineage
    /// Compiles scripts that are tried out.
    package let deployment: Deployment
    package let rehearsal: Rehearsal
    /// Tries dead letters out.
    package let letterRehearsal: LetterRehearsal
    /// Runs history again.
    package let history: HistoryComparison
    /// Largest payload accepted, in bytes.
    package let eventBytes: Int
    /// Whether producing into a station that does not exist creates it.
    package let createsStations: Bool
    /// What the configuration says of stations that have to be created.
    package let declared: DeclaredStations
    /// Whether scripts are taken into the functions directory from whoever may over the network.
    package let deploysOverNetwork: Bool

    package init(
        engine: any StationEngine, functions: any FunctionOverview,
        operators: any LaneOperators, deployments: any DeploymentOperators,
        invocations: InvocationFeed?, audit: Audit, deployment: Deployment,
        rehearsal: Rehearsal, letterRehearsal: LetterRehearsal, history: HistoryComparison,
        eventBytes: Int, createsStations: Bool, declared: DeclaredStations,
        deploysOverNetwork: Bool = false
    ) {
        self.engine = engine
        self.functions = functions
        self.operators = operators
        self.deployments = deployments
        self.invocations = invocations
        self.audit = audit
        deadLetters = DeadLetters(engine: engine, operators: operators)
        lineage = Lineage(engine: engine, deadLetters: deadLetters)
        self.deployment = deployment
        self.rehearsal = rehearsal
        self.letterRehearsal = letterRehearsal
        self.history = history
        self.eventBytes = eventBytes
        self.createsStations = createsStations
        self.declared = declared
        self.deploysOverNetwork = deploysOverNetwork
    }
}

/// Tells which functions there are and how they stand.
package protocol FunctionOverview: Sendable {
    /// All functions of the directory and the configuration, in the order of their names.
    func functions() async -> [FunctionStatus]

    /// What is missing until all functions run that can, in a sentence; nil when nothing is. One
    /// that is broken, or paused, is not waited for.
    func lack() async -> String?
}
