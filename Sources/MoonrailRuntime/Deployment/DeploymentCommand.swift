import MoonrailCore

/// What people may ask of a function's deployment.
package enum DeploymentCommand: Hashable, Sendable {
    /// Run an earlier version until the file changes.
    ///
    /// - Parameter version: the beginning of its hash; nil for the one that ran before.
    case rollBack(version: String?)
    /// Run nothing of it until it is resumed.
    case pause
    /// End its pause, and those of its lanes.
    case resume
    /// Give all it has to a function of another name, and its file that name, unless somebody did.
    case rename(to: FunctionName)
    /// Have its lanes go on from elsewhere.
    case reset(ResetWish)
    /// Have it and its shadow exchange what they have.
    case swapShadow
    /// End its shadow, and remove what that has.
    case dropShadow
}

extension DeploymentCommand {
    /// Whether it does what it should whoever runs the function's lanes: it is recorded, and each
    /// worker follows.
    var isForEveryWorker: Bool {
        switch self {
        case .pause, .resume: true
        case .rollBack, .rename, .reset, .swapShadow, .dropShadow: false
        }
    }
}

/// What became of a command.
package struct DeploymentAnswer: Hashable, Sendable {
    /// The version that runs, or would run; 64 hexadecimal digits.
    package var version: String?
    /// Lanes that were paused and go on.
    package var resumed = 0
    /// Lanes that were moved.
    package var moves: [LaneMove] = []
}

/// Does what people ask: the worker of this process, or nobody's.
package protocol DeploymentOperators: Sendable {
    /// - Throws: `DeploymentRefused`, `ResetRefused`, `EngineError`.
    func perform(
        _ command: DeploymentCommand, on function: FunctionName, for asker: Asker
    ) async throws -> DeploymentAnswer
}

/// A command that can't be done, with the sentence to show.
package struct DeploymentRefused: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
