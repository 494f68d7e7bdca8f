import ArgumentParser

/// `moonrail state`
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Shows what functions keep under their keys: now, at any moment before, and why.",
        discussion: """
              moonrail state get balance account-17
              moonrail state get balance account-17 --at 2026-01-31T08:00:00Z
              moonrail state history balance account-17
              moonrail state list balance --limit 20
            """,
        subcommands: [
            StateGetCommand.self, StateHistoryCommand.self, StateListCommand.self,
            StateCountCommand.self,
        ])
}
