import ArgumentParser

/// `moonrail offset`
struct OffsetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offset",
        abstract: "Shows how far functions have come.",
        discussion: """
              moonrail offset show celsius
            """,
        subcommands: [OffsetShowCommand.self])
}
