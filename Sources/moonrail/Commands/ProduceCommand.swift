import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail produce`
struct ProduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce",
        abstract: "Appends events to a station: one JSON document a line.",
        discussion: """
            What is accepted is on disk when the command ends. A rejected line is named on standard \
            error and does not stop the others. An event whose id the station knows with the same \
            payload counts as a duplicate and is not stored again.

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
        try await Interruption.guarded {
            try await connection.withClient { try await produce(input, $0) }
        }
    }

    private func produce(_ input: LineInput, _ client: APIClient) async throws {
        var report = ProduceReport(input: input)
        do {
            var isFirst = true
            while let piece = try await input.next() {
                switch piece {
                case .tooLong(let line): report.noteTooLong(line: line)
                case .lines(let slice):
                    let route = Route.produce(
                        to: station, key: key, id: id, lines: slice.lines)
                    let answer = try await client.send(route, as: ProduceAnswer.self)
                    report.note(answer, of: slice)
                }
                isFirst = false
            }
            if isFirst { try await checkStation(client) }
        } catch {
            report.finish()
            throw error
        }
        report.finish()
        if output.isJSON { try await StandardOutput().write(line: try JSONText.text(report.total)) }
        if report.total.rejected > 0 { throw CommandFailure(.failed, nil) }
    }

    /// Empty input is sent too, so that a station that can't be produced to shows.
    private func checkStation(_ client: APIClient) async throws {
        let route = Route.produce(to: station, key: key, id: id, lines: .init())
        _ = try await client.send(route, as: ProduceAnswer.self)
    }
}
