import ArgumentParser
import FoundationEssentials
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail function init`
struct FunctionInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a function to begin with, its tests, and what editors need.",
        discussion: """
            It makes NAME.lua and NAME.test.yaml in the functions directory, which pass check and \
            test as they are. For completion in editors with lua-language-server it adds \
            .luals/moonrail.lua there and .luarc.json beside the directory, unless they are there. \
            Nothing is ever overwritten: the status is 4 when the function exists.

              moonrail function init celsius
              moonrail function init celsius --from readings.fahrenheit --to readings.celsius
            """)

    @Argument(help: "The function.", transform: Names.function)
    var name: FunctionName

    @Option(
        help: ArgumentHelp("The station that it reads; NAME.in without.", valueName: "station"),
        transform: Names.station)
    var from: StationName?

    @Option(
        help: ArgumentHelp("The station that it writes; NAME.out without.", valueName: "station"),
        transform: Names.station)
    var to: StationName?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let settings = try data.settings()
        let template = FunctionTemplate(
            from: try from ?? StationName("\(name).in"), to: try to ?? StationName("\(name).out"))
        guard template.from != template.to else {
            throw CommandFailure(
                .usage,
                "a function that reads and writes '\(template.from)' would never end; name two "
                    + "stations")
        }
        let written = try Authoring(settings.functionsDirectory).begin(name, template)
        if output.isJSON {
            return try await StandardOutput().write(line: try JSONText.text(written))
        }
        try await StandardOutput().write(written.text(of: name, template))
    }
}
