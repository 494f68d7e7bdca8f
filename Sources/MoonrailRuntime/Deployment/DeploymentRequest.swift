import MoonrailCore

/// What a worker's deployer is given, one after another.
enum DeploymentRequest: Sendable {
    /// The directory holds other files than before.
    case files(FunctionFiles)
    /// Something was recorded of functions, perhaps by another worker.
    case recorded
    /// A lane paused by itself.
    case paused(FunctionName, LanePause)
    case command(CommandRequest)
}

/// A command on its way to the deployer.
typealias CommandRequest = OperatorRequest<AskedCommand, Result<DeploymentAnswer, any Error>>

/// A command, and on which function for whom.
struct AskedCommand: Hashable, Sendable {
    let command: DeploymentCommand
    let function: FunctionName
    let asker: Asker
}

/// The deployments of this process's worker.
struct RunningDeployments: DeploymentOperators {
    let requests: Handoff<DeploymentRequest>

    func perform(
        _ command: DeploymentCommand, on function: FunctionName, for asker: Asker
    ) async throws -> DeploymentAnswer {
        let asked = AskedCommand(command: command, function: function, asker: asker)
        let answers = CommandRequest.send(asked) { requests.giveAtOnce(.command($0)) }
        for await answer in answers { return try answer.get() }
        throw DeploymentRefused(description: "the worker is stopping; ask again")
    }
}
