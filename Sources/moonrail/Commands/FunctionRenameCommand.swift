import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function rename`
struct FunctionRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Gives a function another name, with all that it has.",
        discussion: """
            Its positions, dead letters and history go along. Its script and tests are renamed, \
            unless you did that before.

              moonrail function rename celsius to-celsius
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "Its other name.", transform: Names.function)
    var other: FunctionName

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            try .rename(function, DeploymentWishMessage(to: other.text, because: because)),
            as: DeploymentMessage.self
        ) { _ in "'\(function)' is called '\(other)' now\n" }
    }
}
