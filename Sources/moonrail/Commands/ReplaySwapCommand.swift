import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail replay swap`
struct ReplaySwapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swap",
        abstract: "Puts what a function's shadow has made in the place of what is there.",
        discussion: """
            Outputs, dead letters, state and positions are exchanged at once. Functions that read \
            the outputs have read them to the end, and go on with what comes. What was there \
            stays under the shadow's names, so that another swap takes it back, until \
            `moonrail replay drop` removes it.

              moonrail replay swap celsius --because "the sensor was wrong"
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            try .swapShadow(of: function, DeploymentWishMessage(because: because)),
            as: DeploymentMessage.self
        ) { _ in
            "'\(function)' has what its shadow made; what it had stays under "
                + "\(FunctionName.shadowPrefix)\(function)\n"
        }
    }
}
