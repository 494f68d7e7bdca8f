import ArgumentParser
import MoonrailCore

/// `moonrail replay compare`
struct ReplayCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares what a function's shadow has made with what is there.",
        discussion: """
            Outputs are told apart by the event and the emission that they come of, as far as the \
            function and its shadow have both come. Ends with 1 when anything differs.

              moonrail replay compare celsius
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await HistoryRun(data: data, isJSON: output.isJSON).run(
            .compareShadow(of: function)
        ) { report in
            report.differences == 0
                ? "the shadow has made what is there"
                : "\(report.added) added, \(report.changed) changed, \(report.missing) missing"
        }
    }
}
