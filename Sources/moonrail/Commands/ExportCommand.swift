import ArgumentParser

/// `moonrail export`
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Describes what there is, in the formats of others.",
        discussion: """
              moonrail export asyncapi
            """,
        subcommands: [ExportAsyncAPICommand.self])
}
