import ArgumentParser
import MoonrailCore
import MoonrailHTTP
import NIOCore

/// `moonrail function logs`
struct FunctionLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Prints what functions logged.",
        discussion: """
            One line for each call of print or context.log, oldest first: when, how bad, which \
            version, which event, and what. Lines are events of the station moonrail.logs, \
            appended together with what their event caused; --json prints them as \
            `moonrail read moonrail.logs` does.

              moonrail function logs
              moonrail function logs celsius --level warn --from 2026-01-31T08:00:00Z
              moonrail function logs celsius --follow --search sensor-7
            """)

    @Argument(help: "The function; all of them without.", transform: Names.function)
    var function: FunctionName?

    @Option(help: "The least level to print: debug, info, warn or error.")
    var level = LoggedLine.Level.debug

    @Option(
        help: ArgumentHelp(
            "Print lines only that hold this text, in whatever case.", valueName: "text"))
    var search: String?

    @Option(
        help: ArgumentHelp(
            "Lines to print at most, the last ones; 0 for none but those to come.",
            valueName: "count"))
    var last = 100

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to begin, as in read: all from there on, whatever --last says.",
            valueName: "place"))
    var from: String?

    @Flag(help: "Go on with lines as they come, until interrupted.")
    var follow = false

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        try await connection.withClient { client in
            let station = try await station(client)
            let next = try await printPast(of: station, client)
            if follow { try await printComing(from: next, client) }
        }
    }

    private func station(_ client: APIClient) async throws -> StationMessage {
        do {
            return try await client.send(.station(.logs), as: StationMessage.self)
        } catch let problem as Problem where problem.status == 404 {
            throw CommandFailure(
                .notFound,
                "no worker ran on this data directory yet; start one with `moonrail run`")
        }
    }

    /// Prints what is there.
    ///
    /// - Returns: the offset behind it.
    private func printPast(
        of station: StationMessage, _ client: APIClient
    ) async throws -> UInt64 {
        let end = station.partitions.first?.next ?? 0
        if from == nil, last == 0 { return end }
        var next = end
        var kept: [String] = []
        try await forEachLine(of: route(from: from ?? "earliest", follows: false), client) {
            offset, text in
            next = max(next, offset + 1)
            guard let text else { return }
            guard from == nil else { return try await StandardOutput().write(text) }
            kept.append(text)
            // Cut now and then, so that a long log costs no more than twice what is kept.
            if kept.count >= 2 * last { kept.removeFirst(kept.count - last) }
        }
        let text = kept.suffix(last).joined()
        if !text.isEmpty { try await StandardOutput().write(text) }
        return next
    }

    /// Prints what comes.
    private func printComing(from offset: UInt64, _ client: APIClient) async throws {
        try await forEachLine(of: route(from: String(offset), follows: true), client) { _, text in
            if let text { try await StandardOutput().write(text) }
        }
        throw CommandFailure(
            .unavailable,
            "the process that served the data directory ended; lines that come from now on are "
                + "not shown")
    }

    private func route(from place: String, follows: Bool) -> Route {
        .read(
            .logs, from: place, limit: nil, partition: nil, key: function?.text,
            follows: follows, format: .json)
    }

    /// Calls `body` with each line's offset, and its text when it is wanted.
    private func forEachLine(
        of route: Route, _ client: APIClient, _ body: (UInt64, String?) async throws -> Void
    ) async throws {
        let filter = LogFilter(level: level, search: search)
        var cutter = WholeLines()
        try await client.stream(route) { part in
            for view in cutter.take(part) ?? [] {
                // What others may have appended to the station is no line of a function.
                guard let line = try? LoggedLine(view) else { continue }
                let text = output.isJSON ? String(decoding: view, as: UTF8.self) + "\n" : line.text
                try await body(line.offset, filter.takes(line) ? text : nil)
            }
        }
    }
}
