import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail station show`
struct StationShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a station and its partitions.",
        discussion: """
              moonrail station show readings.celsius
            """)

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await Facts(data, output).show(
            .station(station), as: StationMessage.self, text: StationText.text)
    }
}

/// A station for people.
enum StationText {
    @Sendable static func text(_ station: StationMessage) -> String {
        var table = TextTable([
            .right("partition"), .right("earliest"), .right("next"), .right("events"),
            .right("bytes"),
        ])
        let partitions = table.lines(
            station.partitions.map {
                ["\($0.partition)", "\($0.earliest)", "\($0.next)", "\($0.events)", "\($0.bytes)"]
            })
        return """
            station  \(station.name)
            created  \(station.created)
            events   \(station.events)
            bytes    \(station.bytes)
            ids      \(station.windowIDs) in the window of duplicates

            \(partitions)
            """
    }
}
