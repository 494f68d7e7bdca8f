import Logging
import MoonrailCore

/// What becomes of a worker's functions, for whoever shows it as it happens.
package enum FunctionNews: Sendable {
    /// The cases beside a function passed; it is about to be deployed, or already is.
    case tested(DeployableFunction, cases: Int)
    /// From now on this version is the one that is to run.
    case deployed(DeployableFunction, lanes: UInt32)
    /// Its lanes begin, and those of the version before have ended.
    case live(DeployableFunction)
    case refused(FunctionName, DeploymentRefusal)
    /// Its file is gone.
    case stopped(FunctionName)
    case paused(LaneID, LanePause)
    /// What the directory held at the start is deployed, as far as it can be.
    case ready

    /// Says it where nobody else does.
    package func log(to logger: Logger) {
        switch self {
        case .tested, .live, .ready:
            break
        case .deployed(let function, let lanes):
            logger.info(
                "deployed \(function.name)@\(function.version)",
                metadata: [
                    "from": "\(function.definition.from)", "to": "\(function.definition.to)",
                    "lanes": "\(lanes)",
                ])
        case .refused(let name, let refusal):
            logger.error("\(name) is not deployed: \(refusal.why)")
        case .stopped(let name):
            logger.info("\(name) is stopped: its file is gone; its position is kept")
        case .paused(let lane, let pause):
            logger.error("lane \(lane) is paused: \(pause.reason)")
        }
    }
}

/// Why a version is not deployed.
package struct DeploymentRefusal: Sendable {
    /// A sentence, with file and line where there are any.
    package let why: String
    /// The case that fails, when that is the reason.
    package var test: FailedTest?
    /// The version that goes on; nil when none does.
    package var running: FunctionVersion?

    /// A case that fails, in its file.
    package struct FailedTest: Sendable {
        package let file: String
        package let report: FunctionTester.Report

        /// The first of what is not as expected.
        var why: String {
            "\(file):\(report.test.line): test '\(report.test.name)' fails: "
                + report.differences.prefix(3).joined(separator: "; ")
        }
    }
}
