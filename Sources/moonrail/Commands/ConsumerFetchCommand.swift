import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer fetch`
struct ConsumerFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Prints events that a consumer group has not committed, as a JSON document.",
        discussion: """
            `events` has the events, `position` where the group stands, `next` where the events \
            that are printed end: what `commit` takes. Nothing moves by fetching.

              moonrail consumer fetch readings.celsius dashboard --limit 10 --wait 30s
            """)

    @OptionGroup var consumer: ConsumerOptions

    @Option(
        help: ArgumentHelp(
            "Where to go on instead of where the group stands, such as 0:17,1:5.",
            valueName: "position"))
    var from: String?

    @Option(
        help: ArgumentHelp("Most events to print: 100 without, 1000 at most.", valueName: "count"))
    var limit: UInt?

    @Option(help: ArgumentHelp("The only partition to read.", valueName: "number"))
    var partition: UInt32?

    @Option(help: ArgumentHelp("How long to wait for the first event, such as 30s."))
    var wait: String?

    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let page = try await connection.withClient { client in
            try await client.send(
                .fetch(
                    consumer.group, of: consumer.station, from: from, limit: limit,
                    partition: partition, wait: wait))
        }
        try await StandardOutput().write(page)
    }
}
