import ArgumentParser
import Logging
import MoonrailCore
import MoonrailRuntime

/// `moonrail function check`
struct FunctionCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compiles functions in their sandbox and says what is wrong with them.",
        discussion: """
            It touches no data and needs no worker. The status is 1 when one of them is broken. \
            With --twice each script also runs over stored events two times, each in a fresh \
            process, and what comes out is compared byte by byte; nothing is appended.

              moonrail function check
              moonrail function check functions/celsius.lua
              moonrail function check --twice functions/celsius.lua --sample readings.fahrenheit
            """)

    @Argument(
        help: ArgumentHelp(
            "The scripts; all of the functions directory without.", valueName: "file"))
    var files: [String] = []

    @Flag(help: "Run the scripts twice over stored events and compare.")
    var twice = false

    @Option(help: "With --twice: the station to take events from.", transform: Names.station)
    var sample: StationName?

    @Option(help: ArgumentHelp("With --twice: the last so many of each partition.", valueName: "n"))
    var last: UInt64 = 1_000

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard twice == (sample != nil) else {
            throw ValidationError("--twice and --sample STATION go together")
        }
        guard !twice || !files.isEmpty else {
            throw ValidationError("--twice needs the files to run")
        }
    }

    /// What became of one file.
    struct Verdict: Encodable, Sendable {
        var file: String
        var function: String?
        var isSound: Bool
        var version: String?
        var reason: String?

        enum CodingKeys: String, CodingKey {
            case file, function, version, reason
            case isSound = "ok"
        }
    }

    func run() async throws {
        let settings = try data.settings()
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        let deployment = Composition(settings: settings, logger: logger).deployment()
        try await Interruption.guarded {
            let verdicts =
                files.isEmpty
                ? await Self.checkAll(deployment) : try await Self.check(files, deployment)
            try await show(verdicts)
            guard verdicts.allSatisfy(\.isSound) else { throw CommandFailure(.failed, nil) }
            if let sample {
                try await ScriptRehearsal(settings: settings, sample: sample, last: last)
                    .run(files)
            }
        }
    }

    private static func checkAll(_ deployment: Deployment) async -> [Verdict] {
        let (functions, problems) = await deployment.examine()
        return functions.map { Verdict($0.status) }
            + problems.map { Verdict(file: "", isSound: false, reason: $0) }
    }

    /// - Throws: `CommandFailure` for a file that does not exist.
    private static func check(
        _ files: [String], _ deployment: Deployment
    ) async throws -> [Verdict] {
        var verdicts: [Verdict] = []
        for file in files {
            guard FileCheck.exists(file) else {
                throw CommandFailure(.notFound, "there is no file \(file)")
            }
            if let examined = await deployment.examine(file: file) {
                verdicts.append(Verdict(examined.status))
            } else {
                verdicts.append(
                    Verdict(
                        file: file, isSound: false,
                        reason: "\(file): its name is no function's; name it such as celsius.lua"))
            }
        }
        return verdicts
    }

    /// What is sound goes to standard output, what is broken to standard error.
    private func show(_ verdicts: [Verdict]) async throws {
        if output.isJSON {
            return try await StandardOutput().write(line: try JSONText.text(verdicts))
        }
        for verdict in verdicts {
            if let reason = verdict.reason {
                StandardError.write(line: reason)
            } else if let function = verdict.function, let version = verdict.version {
                try await StandardOutput().write(
                    line: "\(verdict.file): \(function)@\(version.prefix(7)) is sound")
            }
        }
    }
}

extension FunctionCheckCommand.Verdict {
    init(_ status: FunctionStatus) {
        file = status.file
        function = status.name.text
        version = status.version?.text
        if case .failed(let why) = status.state { reason = why }
        isSound = reason == nil
    }
}
