import ArgumentParser

/// `moonrail function`
struct FunctionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function",
        abstract: "Lists, shows, checks, tests and resumes functions.",
        discussion: """
              moonrail function list
              moonrail function check functions/celsius.lua
              moonrail function test celsius
              moonrail function resume celsius
            """,
        subcommands: [
            FunctionInitCommand.self, FunctionListCommand.self, FunctionShowCommand.self,
            FunctionCheckCommand.self, FunctionTestCommand.self, FunctionRunCommand.self,
            FunctionCaptureCommand.self, FunctionResumeCommand.self,
        ])
}
