import ArgumentParser

/// `moonrail offset`
struct OffsetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offset",
        abstract: "Shows how far functions have come, and moves them.",
        discussion: """
              moonrail offset show celsius
              moonrail offset reset celsius --to earliest --outputs fill --plan
            """,
        subcommands: [OffsetShowCommand.self, OffsetResetCommand.self])
}
