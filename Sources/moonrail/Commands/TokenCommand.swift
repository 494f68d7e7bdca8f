import ArgumentParser

/// `moonrail token`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Says who may use the API over the network, and for what.",
        discussion: """
            From the first token on, nobody may do anything over the network without one. The \
            socket in the data directory needs none. A change counts at once, also for a worker \
            that runs.

              moonrail token create ci --scope 'produce:orders.*' --expires 30d
              moonrail token list
              moonrail token revoke ci
            """,
        subcommands: [
            TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self,
        ])
}
