import ArgumentParser

/// `moonrail function`
struct FunctionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function",
        abstract: "Lists, shows and checks functions.",
        discussion: """
              moonrail function list
              moonrail function check functions/celsius.lua
            """,
        subcommands: [
            FunctionListCommand.self, FunctionShowCommand.self, FunctionCheckCommand.self,
        ])
}
