import ArgumentParser

/// `moonrail backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Makes, verifies and restores copies of the whole data directory.",
        discussion: """
              moonrail backup create /backup/monday.sqlite
              moonrail backup verify /backup/monday.sqlite
              moonrail backup restore /backup/monday.sqlite --data restored
            """,
        subcommands: [
            BackupCreateCommand.self, BackupVerifyCommand.self, BackupRestoreCommand.self,
        ])
}
