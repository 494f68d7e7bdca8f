import ArgumentParser

/// `moonrail function`
struct FunctionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function",
        abstract:
            "Lists, shows, checks and tests functions, reads their logs, and chooses what runs.",
        discussion: """
              moonrail function list
              moonrail function check functions/celsius.lua
              moonrail function test celsius
              moonrail function logs celsius --follow
              moonrail function deploy celsius.lua
              moonrail function history celsius
              moonrail function rollback celsius
              moonrail function resume celsius
            """,
        subcommands: [
            FunctionInitCommand.self, FunctionListCommand.self, FunctionShowCommand.self,
            FunctionCheckCommand.self, FunctionTestCommand.self, FunctionRunCommand.self,
            FunctionCaptureCommand.self, FunctionHistoryCommand.self, FunctionDiffCommand.self,
            FunctionDeployCommand.self, FunctionRollbackCommand.self, FunctionRenameCommand.self,
            FunctionPauseCommand.self,
            FunctionResumeCommand.self, FunctionLogsCommand.self,
        ])
}
