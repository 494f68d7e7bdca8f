import ArgumentParser
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail function check`
struct FunctionCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compiles functions in their sandbox and says what is wrong with them.",
        discussion: """
            It changes no data and needs no worker. Each script is loaded as a worker loads it, \
            and then read for mistakes that show only when events run: names that do not exist, \
            stations that are not declared, outputs that get nothing, ends without a value. The \
            status is 1 when a function is broken or has an error; a warning alone changes \
            nothing. With --twice each script also runs over stored events two times, each in a \
            fresh process, and what comes out is compared byte by byte; nothing is appended.

              moonrail function check
              moonrail function check celsius
              moonrail function check functions/celsius.lua
              moonrail function check --twice functions/celsius.lua --sample readings.fahrenheit
            """)

    @Argument(
        help: ArgumentHelp(
            "Functions, by name or by file; all of the functions directory without.",
            valueName: "name"))
    var names: [String] = []

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
        guard !twice || !names.isEmpty else {
            throw ValidationError("--twice needs the functions to run")
        }
    }

    func run() async throws {
        let settings = try data.settings()
        let check = FunctionCheckRun(settings: settings)
        try await Interruption.guarded {
            let verdicts = try await names.isEmpty ? check.all() : check.each(of: names)
            if verdicts.isEmpty {
                StandardError.write(
                    line: "there are no functions in \(settings.functionsDirectory); begin one "
                        + "with: moonrail function init NAME")
            }
            try await show(verdicts)
            guard verdicts.allSatisfy(\.isSound) else { throw CommandFailure(.failed, nil) }
            if let sample {
                try await ScriptRehearsal(settings: settings, sample: sample, last: last)
                    .run(verdicts.map(\.file))
            }
        }
    }

    /// What is sound goes to standard output, what is not and what may not be to standard error.
    private func show(_ verdicts: [FunctionVerdict]) async throws {
        if output.isJSON {
            return try await StandardOutput().write(line: try JSONText.text(verdicts))
        }
        for verdict in verdicts {
            if let reason = verdict.reason { StandardError.write(line: TerminalText.line(reason)) }
            for finding in verdict.findings {
                let warning = finding.severity == .warning ? "warning: " : ""
                StandardError.write(
                    line: TerminalText.line(
                        "\(finding.file):\(finding.line): \(warning)\(finding.message)"))
            }
            if verdict.isSound, let function = verdict.function, let version = verdict.version {
                try await StandardOutput().write(
                    line: "\(verdict.file): \(function)@\(version.prefix(7)) is sound")
            }
        }
    }
}
