import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import NIOCore

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
        try await Interruption.guarded { try await produce(input, connection) }
    }

    private func produce(_ input: LineInput, _ connection: LocalConnection) async throws {
        var report = ProduceReport(input: input)
        // Kept until it was answered: another server may have to take it.
        var piece: LineInput.Piece?
        do {
            try await connection.withClient { client in
                // Nothing at all is sent too, so that a station that takes none shows at once.
                try await send(ByteBuffer(), client)
                while true {
                    if piece == nil { piece = try await input.next() }
                    switch piece {
                    case nil: return
                    case .tooLong(let line): report.noteTooLong(line: line)
                    case .lines(let slice):
                        report.note(try await send(slice.lines, client), of: slice)
                    }
                    piece = nil
                }
            }
        } catch {
            report.finish()
            throw error
        }
        report.finish()
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(report.total))
        }
        if report.total.rejected > 0 { throw CommandFailure(.failed, nil) }
    }

    @discardableResult
    private func send(_ lines: ByteBuffer, _ client: APIClient) async throws -> ProduceAnswer {
        try await client.send(.produce(to: station, key: key, id: id, lines: lines))
    }
}
