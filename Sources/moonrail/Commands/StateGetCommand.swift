import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail state get`
struct StateGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Prints the state of one key, as JSON.",
        discussion: """
            With --at, as it was: after the function had settled the event at that offset of the \
            station that it reads, or all that it had settled by that time. Standard error then \
            says which event had left it so. The status is 3 when the key has none, or it can't \
            be told.

              moonrail state get balance account-17
              moonrail state get balance account-17 --at 1200
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "The key.")
    var key: String

    @Option(help: ArgumentHelp("An offset or a time of the past.", valueName: "moment"))
    var at: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let state = try await connection.withClient { client in
            try await client.send(.state(of: function, key: key, at: at), as: StateMessage.self)
        }
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(state))
        } else if let value = state.value {
            try await StandardOutput().write(line: try JSONText.text(value))
        }
        for timer in state.timers ?? [] where !output.isJSON {
            StandardError.write(
                message: "timer '\(TerminalText.line(timer.name))' waits for \(timer.time)")
        }
        if let change = state.change, !output.isJSON {
            StandardError.write(
                message: "as event \(change.cause) of \(change.time) left it, "
                    + "\(function)@\(change.functionVersion.prefix(7))")
        }
        if state.value == nil, state.timers == nil {
            throw CommandFailure(
                .notFound, "key '\(key)' has no state\(at.map { " at \($0)" } ?? "")")
        }
    }
}
