import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail token create`
struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a token and prints it, this once.",
        discussion: """
            What is kept of it can't be turned back into it. produce:PATTERN lets it append to \
            the stations that match, consume:PATTERN read them; * is one part of a name, a final \
            ** all the rest. operate is all that changes what runs, and reading of everything but \
            events; admin is everything.

              moonrail token create ci --scope 'produce:orders.*' --expires 30d > token
              moonrail token create ada --scope operate --scope 'consume:**'
            """)

    @Argument(help: "Its name, as the audit shows it.", transform: Names.token)
    var name: TokenName

    @Option(
        name: .customLong("scope"),
        help: ArgumentHelp(
            "What it is good for: produce:PATTERN, consume:PATTERN, operate or admin.",
            valueName: "scope"),
        transform: Names.scope)
    var scopes: [Scope]

    @Option(
        help: ArgumentHelp(
            "How long it is good for, such as 30d; else for ever.", valueName: "time")
    )
    var expires: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard !scopes.isEmpty else { throw ValidationError("say what it is good for: --scope") }
        _ = try seconds()
    }

    private func seconds() throws -> Int64? {
        try expires.map { text in
            guard let duration = Quantity.duration(text) else {
                throw ValidationError("--expires is '\(text)'; it must be a time such as 30d")
            }
            return duration.components.seconds
        }
    }

    func run() async throws {
        let wish = TokenWishMessage(name: name.text, scopes: scopes, expiresIn: try seconds())
        try await Facts(data, output).show(
            try .createToken(wish), as: TokenMessage.self, access: .creating
        ) { "\($0.token ?? "")\n" }
        if !output.isJSON {
            StandardError.write(
                message: "token '\(name)' is made; it is shown this once and can't be told again")
        }
    }
}
