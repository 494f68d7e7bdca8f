import ArgumentParser

/// `moonrail station`
struct StationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station",
        abstract: "Lists, shows, creates and deletes stations.",
        discussion: """
              moonrail station list
              moonrail station create orders --partitions 4
            """,
        subcommands: [
            StationListCommand.self, StationShowCommand.self, StationCreateCommand.self,
            StationDeleteCommand.self,
        ])
}
