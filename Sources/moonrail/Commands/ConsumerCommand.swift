import ArgumentParser
import MoonrailCore

/// `moonrail consumer`
struct ConsumerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumer",
        abstract: "Shows how far programs outside have read, and reads in their place.",
        discussion: """
            A consumer group is what programs that read a station over the API share: the position \
            up to which they have committed events. Others are given again, at least once.

              moonrail consumer create readings.celsius dashboard
              moonrail consumer fetch readings.celsius dashboard --limit 10
              moonrail consumer commit readings.celsius dashboard --to 0:10
            """,
        subcommands: [
            ConsumerListCommand.self, ConsumerShowCommand.self, ConsumerCreateCommand.self,
            ConsumerFetchCommand.self, ConsumerCommitCommand.self, ConsumerDeleteCommand.self,
        ])
}

/// Which group is meant.
struct ConsumerOptions: ParsableArguments {
    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @Argument(help: "The consumer group.")
    var group: String
}
