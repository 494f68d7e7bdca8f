import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail replay verify`
struct ReplayVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Runs history again as it ran and proves that the same comes of it.",
        discussion: """
            Each event runs in the version that it ran in, in the order in which it was taken; \
            what the machine decided then (limits, deaths of hosts) holds. Every output must be \
            there, byte by byte. Nothing is appended. Ends with 1 when anything differs.

              moonrail replay verify celsius
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var history: HistoryOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await HistoryRun(data: data, isJSON: output.isJSON).run(
            .verify(function, from: history.place, partition: history.partition)
        ) { report in
            report.differences == 0
                ? "history is as it would be made again"
                : "\(report.added) added, \(report.changed) changed, \(report.missing) missing"
        }
    }
}
