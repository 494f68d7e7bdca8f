import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail trace`
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Shows where an event comes from and what came of it.",
        discussion: """
            Back to the event of the producer, and forward through every function that has taken \
            it: what each emitted, which state it changed, and what became of its dead letters, \
            with versions and the time between. What may be missing is said on standard error.

              moonrail trace payments 17
              moonrail trace orders 1200 --partition 3 --json
            """)

    enum Form: String, EnumerableFlag {
        case tree, json

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .tree: "Print a tree of events and functions."
            case .json: "Print JSON instead of text."
            }
        }
    }

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @Argument(help: "The event's offset.")
    var offset: UInt64

    @Option(help: ArgumentHelp("The event's partition.", valueName: "number"))
    var partition: UInt32 = 0

    @Option(help: ArgumentHelp("Events to show at most, 1 to 1,000.", valueName: "count"))
    var limit: UInt?

    @Flag var form = Form.tree

    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let route = Route.trace(station, partition: partition, offset: offset, limit: limit)
        let trace = try await connection.withClient {
            try await $0.send(route, as: TraceMessage.self)
        }
        switch form {
        case .tree: try await StandardOutput().write(TraceTree(Terminal.width).text(trace))
        case .json: try await StandardOutput().write(line: try JSONText.text(trace))
        }
        for sentence in trace.missing { StandardError.write(message: sentence) }
    }
}
