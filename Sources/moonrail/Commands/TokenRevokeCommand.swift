import ArgumentParser
import MoonrailCore

/// `moonrail token revoke`
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Takes a token away; whoever has it may do nothing any more.",
        discussion: """
            Requests that are under way are taken to their ends. When the last token is revoked, \
            nobody may use the API over the network.

              moonrail token revoke ci
            """)

    @Argument(help: "The token's name.", transform: Names.token)
    var name: TokenName

    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        _ = try await connection.withClient { try await $0.send(.revokeToken(name)) }
        StandardError.write(message: "token '\(name)' is revoked")
    }
}
