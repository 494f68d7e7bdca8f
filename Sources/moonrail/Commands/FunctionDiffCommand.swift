import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail function diff`
struct FunctionDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compares the scripts of two versions of a function, line by line.",
        discussion: """
            Lines that only the first has begin with -, those that only the second has with +. \
            Libraries that differ are named.

              moonrail function diff celsius 3f2a91c 81d0b7e
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Argument(help: "The one version; the beginning of its hash is enough.")
    var first: String

    @Argument(help: "The other.")
    var second: String

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    /// What differs.
    struct Answer: Encodable, Sendable {
        var function: String
        var first: String
        var second: String
        /// With `-`, `+` or a space before each.
        var lines: [String]
        /// Names of libraries that differ.
        var libraries: [String]
    }

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let (one, other) = try await connection.withClient { [function, first, second] client in
            let one = try await client.send(
                .version(first, of: function), as: VersionMessage.self)
            let other = try await client.send(
                .version(second, of: function), as: VersionMessage.self)
            return (one, other)
        }
        let answer = Answer(
            function: function.text, first: one.version.version, second: other.version.version,
            lines: LineDiff.lines(from: one.source, to: other.source),
            libraries: Set(one.libraries.keys).union(other.libraries.keys)
                .filter { one.libraries[$0] != other.libraries[$0] }.sorted())
        if output.isJSON {
            return try await StandardOutput().write(line: try JSONText.text(answer))
        }
        var text = answer.lines.map { $0 + "\n" }.joined()
        for library in answer.libraries { text += "\(library) differs\n" }
        try await StandardOutput().write(text)
    }
}
