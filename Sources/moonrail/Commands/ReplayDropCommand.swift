import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail replay drop`
struct ReplayDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Ends a function's shadow and removes what it has, for good.",
        discussion: """
            After a swap that is what the function had before it, so that the swap can't be taken \
            back any more. On a terminal it is asked about; a script says --yes.

              moonrail replay drop celsius --yes
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Flag(help: "Don't ask.")
    var yes = false

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        if !yes {
            guard Question.canBeAsked else {
                throw CommandFailure(
                    .usage,
                    "replay drop removes events for good: say --yes (there is no terminal "
                        + "to ask on)")
            }
            let names = "\(FunctionName.shadowPrefix)\(function)"
            guard try await Question.isAnsweredYes("Remove all that \(names) has, for good?")
            else { throw CommandFailure(.failed, "nothing was removed") }
        }
        try await Facts(data, output).show(
            try .dropShadow(of: function, DeploymentWishMessage(because: because)),
            as: DeploymentMessage.self
        ) { _ in "the shadow of '\(function)' is removed\n" }
    }
}
