import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer delete`
struct ConsumerDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Removes a consumer group with its position, for good.",
        discussion: """
              moonrail consumer delete readings.celsius dashboard
            """)

    @OptionGroup var consumer: ConsumerOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        _ = try await connection.withClient { client in
            try await client.send(.deleteConsumer(consumer.group, of: consumer.station))
        }
    }
}
