import ArgumentParser
import MoonrailCore

/// `moonrail station delete`
struct StationDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a station with all its events, for good.",
        discussion: """
            A station that a function reads or writes is not deleted.

              moonrail station delete readings.old
            """)

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @OptionGroup var data: DataOptions

    func run() async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        _ = try await connection.withClient { try await $0.send(.deleteStation(station)) }
        StandardError.write(message: "station '\(station)' is deleted")
    }
}
