import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer show`
struct ConsumerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows where a consumer group stands.",
        discussion: """
            `position` has the offset of the next event of each partition; `lag` counts the events \
            that are not committed.

              moonrail consumer show readings.celsius dashboard
            """)

    @OptionGroup var consumer: ConsumerOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .consumer(consumer.group, of: consumer.station), as: ConsumerMessage.self
        ) { ConsumerTable.text([$0]) }
    }
}
