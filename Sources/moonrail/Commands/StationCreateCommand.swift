import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail station create`
struct StationCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Creates a station; done as well when it exists with the same settings.",
        discussion: """
            The number of partitions is fixed for the station's life, so that a key stays where it \
            is; the rest may be altered later. Without options everything is kept, and the last \
            million ids of one day are recognised.

              moonrail station create orders --partitions 4 --retention-age 30d
              moonrail station create payments --duplicate-ids 5000000 --duplicate-age 7d
            """)

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @Option(help: ArgumentHelp("How many partitions it has.", valueName: "count"))
    var partitions: String?

    @OptionGroup var settings: StationSettingsOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let route = try Route.createStation(
            station, settings: try settings.patch(partitions: partitions))
        try await Facts(data, output).show(
            route, as: StationMessage.self, access: .creating, text: StationText.text)
    }
}
