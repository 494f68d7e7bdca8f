import ArgumentParser

/// `moonrail dead`
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Shows the events that failed, and runs them again or lays them aside.",
        discussion: """
              moonrail dead list celsius
              moonrail dead rerun 7c5ab7e1f0b64b3c1d2e3f405162738a
              moonrail dead retry celsius --reason raised
              moonrail dead skip celsius --all --because "test data"
            """,
        subcommands: [
            DeadListCommand.self, DeadShowCommand.self, DeadRerunCommand.self,
            DeadRetryCommand.self, DeadSkipCommand.self,
        ])
}
