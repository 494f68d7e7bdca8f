import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail produce`
struct ProduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce",
        abstract: "Appends events to a station: one JSON document a line.",
        discussion: """
            What is accepted is on disk when the command ends. A rejected line is named on \
            standard error and does not stop the others. An event whose id the station knows with \
            the same payload counts as a duplicate and is not stored again.

              moonrail produce readings.fahrenheit readings.jsonl --key sensor --id nr
              tail -f access.log.jsonl | moonrail produce web.requests
            """)

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @Argument(help: ArgumentHelp("The file; - or none for standard input.", valueName: "file"))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Where a document has its key, such as order.customer; events of one key keep their "
                + "order.", valueName: "path"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Where a document has its id, by which a repetition is known.", valueName: "path"))
    var id: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let settings = try data.settings()
        let input = try LineInput(path: file)
        let connection = try LocalConnection(settings, access: .creating)
        let run = ProduceRun(input: input, station: station, key: key, id: id)
        let total: ProduceAnswer
        do {
            try await connection.withClient { try await run.send($0) }
            total = await run.finish()
        } catch {
            _ = await run.finish()
            throw error
        }
        if output.isJSON { try await StandardOutput().write(line: try JSONText.text(total)) }
        if total.rejected > 0 { throw CommandFailure(.failed, nil) }
    }
}
