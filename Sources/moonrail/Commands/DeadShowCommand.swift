import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail dead show`
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a dead letter: the event, why it failed, what was done about it.",
        discussion: """
              moonrail dead show celsius 7c5ab7e1f0b64b3c1d2e3f405162738a
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "The letter's id, as dead list shows it.")
    var id: String

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .letter(of: function, id: id), as: LetterMessage.self, text: LetterText.text)
    }
}
