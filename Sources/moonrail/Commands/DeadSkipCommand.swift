import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail dead skip`
struct DeadSkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Lays dead letters aside: their events are not to be run.",
        discussion: """
            They stay where they are, with the reason, and no longer count as pending. Events that \
            wait behind a letter of their key run.

              moonrail dead skip celsius --reason rejected --because "broken sensor, replaced"
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String

    @OptionGroup var selection: LetterSelectionOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await LetterWishRun(data, output, function).fulfil(
            try .skipLetters(of: function, selection.message(because: because)))
    }
}
