import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail dead show`
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a dead letter: the event, why it failed, what was done about it.",
        discussion: """
              moonrail dead show 7c5ab7e1f0b64b3c1d2e3f405162738a
            """)

    @OptionGroup var letter: LetterName
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(as: LetterMessage.self, text: LetterText.text) {
            .letter(of: try await letter.function($0), id: letter.id)
        }
    }
}
