import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// `moonrail function history`
struct FunctionHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists what became of a function: deployments, rollbacks, pauses.",
        discussion: """
            Oldest first. Every event that the function emitted names its version.

              moonrail function history celsius
              moonrail function history celsius --json | jq -r '.[].version.version'
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .history(of: function), as: [FunctionChange].self
        ) { changes in
            var table = TextTable(
                [.left("time"), .left("what"), .left("version"), .left("by"), .left("why")],
                lineWidth: Terminal.width)
            return table.lines(
                changes.map { change in
                    [
                        change.time, change.change.rawValue, change.version?.short ?? "-",
                        change.by,
                        TerminalText.line(
                            change.because ?? change.before.map { "it was '\($0)'" } ?? "-"),
                    ]
                })
        }
    }
}
