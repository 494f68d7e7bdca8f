import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail state history`
struct StateHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the changes of one key's state, each with the event that made it.",
        discussion: """
            Oldest first. The changes are events of the station state.FUNCTION, too.

              moonrail state history balance account-17
              moonrail read state.balance --key account-17 --follow
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "The key.")
    var key: String

    @Option(help: ArgumentHelp("Changes to print at most, the last ones.", valueName: "count"))
    var limit = 100

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .stateHistory(of: function, key: key, limit: limit), as: [StateChangeMessage].self
        ) { changes in
            var table = TextTable(
                [.left("time"), .left("event"), .left("version"), .left("state")],
                lineWidth: Terminal.width)
            return table.lines(
                changes.map { change in
                    let value = change.value.flatMap { try? JSONText.text($0) }
                    return [
                        change.time, change.cause, String(change.functionVersion.prefix(7)),
                        TerminalText.line(value ?? "none any more"),
                    ]
                })
        }
    }
}
