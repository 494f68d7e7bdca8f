import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function rollback`
struct FunctionRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Runs an earlier version of a function until its file changes.",
        discussion: """
            Without a version it is the one that ran before. The position stays: what the other \
            version has done is done. A restart of the worker does not end it.

              moonrail function rollback celsius
              moonrail function rollback celsius 3f2a91c --because "rounds wrongly"
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "The beginning of the version's hash, as history shows it.")
    var version: String?

    @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
    var because: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            try .rollback(function, DeploymentWishMessage(version: version, because: because)),
            as: DeploymentMessage.self
        ) { answer in
            "'\(function)' is rolled back to \(answer.version?.prefix(7) ?? "-")\n"
        }
    }
}
