import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer commit`
struct ConsumerCommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: "Moves a consumer group to another position.",
        discussion: """
            A group that has moved meanwhile is left where it is, and the status is 4. Going back \
            is allowed; the audit tells of it.

              moonrail consumer commit readings.celsius dashboard --to 0:10
            """)

    @OptionGroup var consumer: ConsumerOptions

    @Option(
        help: ArgumentHelp(
            "The offset of the next event of each partition, such as 0:17,1:5.",
            valueName: "position"))
    var to: String

    @Option(
        help: ArgumentHelp(
            "Where the group stands; without it, where it stands when the command begins.",
            valueName: "position"))
    var from: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            as: ConsumerMessage.self, text: { ConsumerTable.text([$0]) }
        ) { client in
            var known = from
            if known == nil {
                let group = try await client.send(
                    .consumer(consumer.group, of: consumer.station), as: ConsumerMessage.self)
                known = group.position
            }
            return try .commit(
                consumer.group, of: consumer.station, CommitMessage(from: known ?? "", to: to))
        }
    }
}
