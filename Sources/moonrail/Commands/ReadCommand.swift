import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail read`
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Prints a station's events, one a line.",
        discussion: """
            Without --follow it ends at the last event that was there when it began. Several \
            partitions are read in turn; --partition picks one. With --key only the events of one \
            key are printed, in their order; they all lie in one partition.

              moonrail read readings.celsius --from -10
              moonrail read dead.celsius --from 2026-01-31T08:00:00Z --format table
              moonrail read orders --key customer-17 --limit 100
              moonrail read readings.celsius --follow --from latest --format data | jq .temp_c
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case json, data, table
    }

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to begin: earliest, latest, -N for the last N, an offset, or a time.",
            valueName: "place"))
    var from = "earliest"

    @Option(help: ArgumentHelp("Most events to print.", valueName: "count"))
    var limit: UInt?

    @Option(help: ArgumentHelp("The only partition to read.", valueName: "number"))
    var partition: UInt32?

    @Option(help: ArgumentHelp("The only key to read.", valueName: "key"))
    var key: String?

    @Flag(help: "Go on with events as they come, until interrupted.")
    var follow = false

    @Option(
        help: "json: all that is known; data: payloads only; table: columns for people.")
    var format = Format.json

    @OptionGroup var data: DataOptions

    func validate() throws {
        do {
            _ = try StartingPoint(from)
        } catch {
            throw ValidationError(error.detail)
        }
    }

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        try await connection.withClient { client in
            switch format {
            case .json: try await copy(route(.json), client)
            case .data: try await copy(route(.data), client)
            case .table: try await table(client)
            }
        }
    }

    private func route(_ format: LineFormat) -> Route {
        .read(
            station, from: from, limit: limit, partition: partition, key: key,
            follows: follow, format: format)
    }

    private func copy(_ route: Route, _ client: APIClient) async throws {
        let output = StandardOutput()
        var lines: UInt = 0
        try await client.stream(route) { buffer in
            if countsLines { lines += UInt(buffer.lineEnds) }
            try await output.write(buffer)
        }
        try checkEnd(lines)
    }

    private func table(_ client: APIClient) async throws {
        let summary = try await client.send(.station(station), as: StationMessage.self)
        var table = EventTable(showsPartition: summary.partitions.count > 1)
        let output = StandardOutput()
        var lines: UInt = 0
        try await client.stream(route(.json)) { buffer in
            if countsLines { lines += UInt(buffer.lineEnds) }
            if let text = table.lines(buffer) { try await output.write(text) }
        }
        if let text = table.end() { try await output.write(text) }
        try checkEnd(lines)
    }

    /// Whether it matters how many lines came.
    private var countsLines: Bool { follow && limit != nil }

    /// What follows ends only at its limit; otherwise the server left, which must not look like it.
    private func checkEnd(_ lines: UInt) throws {
        guard follow, limit.map({ lines < $0 }) ?? true else { return }
        throw CommandFailure(
            .unavailable,
            "the process that served the data directory ended; events that come from now on are "
                + "not shown")
    }
}
