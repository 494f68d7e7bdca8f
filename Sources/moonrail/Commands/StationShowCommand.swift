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
