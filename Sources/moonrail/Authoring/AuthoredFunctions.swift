import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// The functions of the directory, for commands that run one here and now.
struct AuthoredFunctions: Sendable {
    let hosts: any FunctionHostStarter
    let directory: FunctionDirectory
    private let deployment: Deployment
    private let overrides: [FunctionName: FunctionOverrides]

    init(_ settings: Settings) {
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        let composition = Composition(settings: settings, logger: logger)
        hosts = composition.hosts()
        directory = FunctionDirectory(path: settings.functionsDirectory)
        deployment = composition.deployment()
        overrides = settings.functions
    }

    /// - Throws: `CommandFailure` when there is no such function, or it is broken.
    func deployable(_ name: FunctionName) async throws(CommandFailure) -> DeployableFunction {
        switch await deployment.examine(name: name) {
        case .deployable(let function): return function
        case .broken(let status):
            throw CommandFailure(.failed, status.state.reason)
        case nil:
            throw CommandFailure(
                .notFound,
                "there is no function '\(name)' in \(directory.path)"
                    + suggestion(for: name.text, among: directory.names(overrides)))
        }
    }
}
