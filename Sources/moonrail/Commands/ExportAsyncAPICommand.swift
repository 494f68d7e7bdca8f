import ArgumentParser
import MoonrailHTTP

/// `moonrail export asyncapi`
struct ExportAsyncAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asyncapi",
        abstract: "Describes stations and functions as AsyncAPI 3.",
        discussion: """
            Stations are channels; what functions read and write are operations. Moonrail's own \
            stations are left out, and functions that are broken.

              moonrail export asyncapi > asyncapi.json
            """)

    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let document = try await connection.withClient { client in
            AsyncAPIDocument(
                stations: try await client.send(.stations),
                functions: try await client.send(.functions), version: Version.text)
        }
        try await StandardOutput().write(line: try JSONText.text(document.json))
    }
}
