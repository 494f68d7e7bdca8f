import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function pause`
struct FunctionPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops a function until it is resumed.",
        discussion: """
            What it works on is still settled; its events wait. A restart of the worker and a new \
            version of its script do not end the pause, function resume does.

              moonrail function pause celsius --because "the readings are wrong"
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            try .pause(function, DeploymentWishMessage(because: because)),
            as: DeploymentMessage.self
        ) { _ in "'\(function)' is paused\n" }
    }
}
