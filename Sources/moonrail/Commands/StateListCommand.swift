import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail state list`
struct StateListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the keys that have state, with what they have.",
        discussion: """
            By partition, and each partition's in the order of their bytes. --json prints one key \
            a line.

              moonrail state list balance --limit 20
              moonrail state list balance --json | jq -c '[.key, .value.cents]'
            """)

    @Argument(help: "The function.", transform: Names.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("Keys to print at most; all without.", valueName: "count"))
    var limit: Int?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    private static let pageKeys = 1_000

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        try await connection.withClient { client in
            var left = limit ?? .max
            var last: (partition: UInt32, key: String)?
            var table = TextTable([.left("key"), .left("state")], lineWidth: Terminal.width)
            repeat {
                let wanted = min(left, Self.pageKeys)
                if wanted < 1 { break }
                let route = Route.states(of: function, after: last, limit: wanted)
                let states = try await client.send(route, as: [StateMessage].self)
                left -= states.count
                last = states.last.flatMap { state in
                    state.key.map { (state.partition, $0) }
                }
                try await write(states, &table)
                if states.count < wanted { break }
            } while last != nil
        }
    }

    private func write(_ states: [StateMessage], _ table: inout TextTable) async throws {
        if output.isJSON {
            for state in states {
                try await StandardOutput().write(line: try JSONText.text(state))
            }
            return
        }
        let rows = states.map { state in
            let value = state.value.flatMap { try? JSONText.text($0) }
            return [
                TerminalText.line(state.key ?? state.keyBase64 ?? "-"),
                TerminalText.line(value ?? "-"),
            ]
        }
        try await StandardOutput().write(table.lines(rows))
    }
}
