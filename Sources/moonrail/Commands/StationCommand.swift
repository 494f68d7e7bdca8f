import ArgumentParser

/// `moonrail station`
struct StationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station",
        abstract: "Lists, shows, creates, alters, compares, copies and deletes stations.",
        discussion: """
              moonrail station list
              moonrail station create orders --partitions 4
              moonrail station alter orders --retention-age 30d
            """,
        subcommands: [
            StationListCommand.self, StationShowCommand.self, StationCreateCommand.self,
            StationAlterCommand.self, StationPlanCommand.self, StationDeleteCommand.self,
            StationCopyCommand.self,
        ])
}
