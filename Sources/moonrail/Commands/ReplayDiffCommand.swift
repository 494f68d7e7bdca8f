import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// `moonrail replay diff`
struct ReplayDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Runs a script over history and tells which outputs would be otherwise.",
        discussion: """
            Without --file it is the script in the functions directory. Outputs are told apart by \
            the event and the emission that they come of: those that come now and are not there \
            (added), that are there and differ (changed, with the places), and that do not come \
            any more (missing). Nothing is appended. Ends with 1 when anything differs, so that \
            it can guard a deployment.

              moonrail replay diff celsius --file celsius-new.lua --last 100000
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("The script to run instead.", valueName: "path"))
    var file: String?

    @OptionGroup var history: HistoryOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let source = try file.map { try FunctionDirectory.source($0) } ?? []
        try await HistoryRun(data: data, isJSON: output.isJSON).run(
            .diff(
                function, file: file, source: source, from: history.place,
                partition: history.partition)
        ) { report in
            report.differences == 0
                ? "nothing would be otherwise"
                : "\(report.added) added, \(report.changed) changed, \(report.missing) missing"
        }
    }
}
