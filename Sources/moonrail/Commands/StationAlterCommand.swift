import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// `moonrail station alter`
struct StationAlterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter",
        abstract: "Alters what a station keeps and which ids it recognises.",
        discussion: """
            What is not named stays as it is. A narrower retention removes events for good, a \
            little later and only while a worker runs. A station that the configuration declares \
            gets what is declared there when the worker starts; on NATS it stays as it is then, \
            and station plan shows how it differs.

              moonrail station alter orders --retention-age 30d --retention-bytes none
            """)

    @Argument(help: "The station.", transform: Names.station)
    var station: StationName

    @OptionGroup var settings: StationSettingsOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let patch = try settings.patch()
        guard !patch.isEmpty else {
            throw ValidationError("say what to alter, such as --retention-age 30d")
        }
        try await Facts(data, output).show(
            try .alterStation(station, settings: patch), as: StationMessage.self,
            text: StationText.text)
    }
}
