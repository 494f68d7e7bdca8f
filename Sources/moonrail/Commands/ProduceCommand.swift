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

            With --expect-last all lines are one append: at most 512 events, whole or not at all, \
            and only when the last event of the partition, or of the key, is where it is expected \
            to be. Otherwise the status is 4, and the message tells where it is.

              moonrail produce readings.fahrenheit readings.jsonl --key sensor --id nr
              moonrail produce accounts in.json --key id --expect-key a17 --expect-last 41
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

    @Option(
        help: ArgumentHelp(
            "Where a document tells when it happened: RFC 3339, or milliseconds since 1970. "
                + "Without it events happen when they come.", valueName: "path"))
    var time: String?

    @OptionGroup var expectation: ExpectationOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let settings = try data.settings()
        let input = try LineInput(path: file)
        let connection = try APIConnection(settings, access: .creating)
        if let expected = expectation.expectation {
            return try await appendAsOne(input, expected, connection)
        }
        let run = ProduceRun(
            input: input, station: station, key: key, id: id, time: time)
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

    /// Appends the whole input, or nothing of it.
    private func appendAsOne(
        _ input: LineInput, _ expected: ProduceExpectation, _ connection: APIConnection
    ) async throws {
        let slice = try await input.whole(most: IntakeBounds.bodyBytes)
        var report = ProduceReport(input: input)
        let answer = try await connection.withClient { client in
            try await client.send(
                .produce(
                    to: station, key: key, id: id, time: time, expected: expected,
                    lines: slice.lines),
                as: ProduceAnswer.self)
        }
        report.note(answer, of: slice)
        report.finish()
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(report.total))
        }
        if answer.rejected > 0 { throw CommandFailure(.failed, nil) }
    }
}
