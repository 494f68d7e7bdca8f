import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer create`
struct ConsumerCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Creates a consumer group; one that is there stays where it is.",
        discussion: """
              moonrail consumer create readings.celsius dashboard --start latest
            """)

    @OptionGroup var consumer: ConsumerOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where it begins: earliest, latest, -N for the last N, an offset, a time, or a "
                + "position such as 0:17,1:5.", valueName: "place"))
    var start = "earliest"

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let route = try Route.createConsumer(
            consumer.group, of: consumer.station, start: start)
        try await Facts(data, output).show(route, as: ConsumerMessage.self) {
            ConsumerTable.text([$0])
        }
    }
}
