import ArgumentParser
import MoonrailHTTP

/// `moonrail token list`
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all tokens, with what they are good for and until when.",
        discussion: """
              moonrail token list
              moonrail token list --json | jq -r '.[] | select(.expired).name'
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(.tokens, as: [TokenMessage].self) { tokens in
            var table = TextTable([
                .left("token"), .left("scopes"), .left("created"), .left("expires"),
            ])
            return table.lines(
                tokens.map { token in
                    [
                        token.name, token.scopes.map(\.description).joined(separator: " "),
                        token.created,
                        token.expired ? "expired" : token.expires ?? "never",
                    ]
                })
        }
    }
}
