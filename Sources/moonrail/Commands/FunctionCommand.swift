import ArgumentParser

/// `moonrail function`
struct FunctionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function",
        abstract: "Lists, shows, checks and resumes functions.",
        discussion: """
              moonrail function list
              moonrail function check functions/celsius.lua
              moonrail function resume celsius
            """,
        subcommands: [
            FunctionListCommand.self, FunctionShowCommand.self, FunctionCheckCommand.self,
            FunctionResumeCommand.self,
        ])
}
