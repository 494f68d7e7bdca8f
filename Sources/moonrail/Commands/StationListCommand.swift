import ArgumentParser
import MoonrailHTTP

/// `moonrail station list`
struct StationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all stations.",
        discussion: """
              moonrail station list --json | jq -r '.[].name'
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(.stations, as: [StationMessage].self) { stations in
            var table = TextTable([
                .left("station"), .right("partitions"), .right("events"), .right("bytes"),
            ])
            return table.lines(
                stations.map {
                    [$0.name, "\($0.partitions.count)", "\($0.events)", "\($0.bytes)"]
                })
        }
    }
}
