import ArgumentParser
import Logging
import MoonrailCore

/// `moonrail doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says how this machine can lock functions in.",
        discussion: """
            It starts one function host and shows which layers of its sandbox are active. It \
            touches no data. The status is 1 when no function may run here.

              moonrail doctor
              moonrail doctor --json
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var functionHost: String
        var layers: [String: Bool]

        enum CodingKeys: String, CodingKey {
            case layers
            case functionHost = "function_host"
        }
    }

    func run() async throws {
        let settings = try data.settings()
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        let composition = Composition(settings: settings, logger: logger)
        let host: any FunctionHost
        do {
            host = try await composition.hosts().start()
        } catch {
            throw CommandFailure(.failed, error.description)
        }
        let layers = host.layers
        await host.stop()
        if output.isJSON {
            return try await StandardOutput().write(
                line: try JSONText.text(
                    Report(functionHost: Composition.functionHost, layers: layers.states)))
        }
        var table = TextTable([.left("layer"), .left("state")])
        let lines = table.lines(
            layers.states.sorted { $0.key < $1.key }.map {
                [$0.key, $0.value ? "active" : "not available here"]
            })
        try await StandardOutput().write("function host  \(Composition.functionHost)\n\n" + lines)
    }
}
