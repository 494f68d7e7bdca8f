import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail dead list`
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists dead letters of a function, oldest first.",
        discussion: """
            A letter is pending until it is retried with success or skipped.

              moonrail dead list celsius
              moonrail dead list celsius --reason time-limit --status all --json | jq -r '.[].id'
            """)

    enum Status: String, CaseIterable, ExpressibleByArgument {
        case pending, resent, skipped, all
    }

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(
        help: ArgumentHelp(
            "Only those of this reason: \(LetterReason.names.joined(separator: ", ")).",
            valueName: "reason"))
    var reason: String?

    @Option(help: "Only those that stand so.")
    var status = Status.pending

    @Option(help: ArgumentHelp("Most letters to list.", valueName: "count"))
    var limit: UInt = 100

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .letters(of: function, status: status.rawValue, reason: reason, limit: limit),
            as: [LetterMessage].self
        ) { letters in
            var table = TextTable(
                [
                    .left("id"), .left("status"), .left("reason"), .left("position"),
                    .left("key"), .left("written"), .left("message"),
                ], lineWidth: Terminal.width)
            return table.lines(
                letters.map { letter in
                    [
                        letter.id, letter.status, letter.reason, letter.position,
                        TerminalText.line(letter.event.key ?? letter.event.keyBase64 ?? "-"),
                        letter.written, TerminalText.line(letter.message),
                    ]
                })
        }
    }
}
