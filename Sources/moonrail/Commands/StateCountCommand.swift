import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail state count`
struct StateCountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Prints how many keys have state.",
        discussion: """
              moonrail state count balance
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .stateCount(of: function), as: StateCountMessage.self
        ) { "\($0.keys)\n" }
    }
}
