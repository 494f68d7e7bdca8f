import ArgumentParser
import MoonrailHTTP

/// `moonrail consumer list`
struct ConsumerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all consumer groups.",
        discussion: """
              moonrail consumer list --json | jq '.[] | select(.lag > 1000)'
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .consumers, as: [ConsumerMessage].self, text: ConsumerTable.text)
    }
}

/// Consumer groups for people.
enum ConsumerTable {
    @Sendable static func text(_ groups: [ConsumerMessage]) -> String {
        var table = TextTable([
            .left("group"), .left("station"), .left("position"), .right("lag"),
        ])
        return table.lines(groups.map { [$0.group, $0.station, $0.position, "\($0.lag)"] })
    }
}
