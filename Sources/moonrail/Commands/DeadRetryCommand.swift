import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail dead retry`
struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Runs the events of dead letters again, with the function as it is now.",
        discussion: """
            What they cause is appended as if they had not failed. Those that fail again stay \
            pending, and the status is 1. Events that wait behind a letter of their key run after \
            it.

              moonrail dead retry celsius --reason raised
              moonrail dead retry celsius --id 7c5ab7e1f0b64b3c1d2e3f405162738a
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var selection: LetterSelectionOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await LetterWishRun(data, output, function).fulfil(
            try .retryLetters(of: function, selection.message()))
    }
}
