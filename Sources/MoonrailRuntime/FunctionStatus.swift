import MoonrailCore

/// One function of the directory or the configuration, as it stands now.
package struct FunctionStatus: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Its lanes run, here or on other workers.
        case running
        /// It is deployable, but no worker runs it now.
        case stopped
        /// It is deployed, but one of its lanes waits for somebody; the sentence says for what.
        case paused(String)
        /// It could not be deployed, or its lanes gave up; the sentence says why.
        case failed(String)

        /// As the API spells it.
        package var name: String {
            switch self {
            case .running: "running"
            case .stopped: "stopped"
            case .paused: "paused"
            case .failed: "failed"
            }
        }

        /// Why it does not run; nil when it does, or could.
        package var reason: String? {
            switch self {
            case .running, .stopped: nil
            case .paused(let why), .failed(let why): why
            }
        }
    }

    package var name: FunctionName
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    package var state: State
    /// Nil when the script could not be read as a function.
    package var definition: FunctionDefinition?
    package var version: FunctionVersion?
    /// Why what lies in the directory now is not what runs, if so.
    package var failedDeployment: String?
    /// Who chose this version instead of that in the directory, and why, if so.
    package var rollback: String?
    /// How many of its hosts died since the worker started; each was replaced.
    package var hostDeaths: UInt64 = 0
    /// For each partition whose lane another worker runs, that worker's name.
    package var elsewhere: [UInt32: String] = [:]
    /// For each partition whose lane runs here, how long ago it last committed, or began; lanes
    /// that pause are not among them.
    package var sinceProgress: [UInt32: Duration] = [:]

    package init(
        name: FunctionName, file: String, state: State, definition: FunctionDefinition? = nil,
        version: FunctionVersion? = nil
    ) {
        self.name = name
        self.file = file
        self.state = state
        self.definition = definition
        self.version = version
    }
}
