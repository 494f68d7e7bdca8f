import ArgumentParser
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP

/// `moonrail doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says how this machine can lock functions in, and whether the store is whole.",
        discussion: """
            It starts one function host and shows which layers of its sandbox are active. It reads \
            the whole store of the data directory, if there is one, also while a worker runs, and \
            names what is not as it must be. What the engine nats keeps is the broker's to check. \
            It changes nothing. The status is 1 when no function may run here, or when something \
            is wrong with the store.

              moonrail doctor
              moonrail doctor --data moonrail-data --json
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var functionHost = Composition.functionHost
        var layers: [String: Bool]
        /// Nil when there is no data directory, or what it would hold is on NATS.
        var store: StoreReportMessage?

        enum CodingKeys: String, CodingKey {
            case layers, store
            case functionHost = "function_host"
        }
    }

    func run() async throws {
        let settings = try data.settings()
        let layers = try await Self.layers(settings)
        if !output.isJSON { try await StandardOutput().write(Self.text(layers)) }
        let store = try await Self.store(settings)
        if output.isJSON {
            try await StandardOutput().write(
                line: try JSONText.text(Report(layers: layers.states, store: store)))
        } else if let store {
            try await StandardOutput().write(
                "\n\(Self.place(settings))\n\n" + StoreReportText.text(store))
        } else if settings.engine == .nats, settings.client.server == nil {
            StandardError.write(
                message: "the store is on NATS, which is checked by: nats server check jetstream")
        }
        guard store?.findings.isEmpty ?? true else { throw CommandFailure(.failed, nil) }
    }

    /// - Throws: `CommandFailure` when no function may run here.
    private static func layers(_ settings: Settings) async throws -> SandboxLayers {
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        do {
            let host = try await Composition(settings: settings, logger: logger).hosts().start()
            let layers = host.layers
            await host.stop()
            return layers
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
    }

    /// What the owner of the data directory finds in its store; nil when there is none.
    private static func store(_ settings: Settings) async throws -> StoreReportMessage? {
        let isRemote = settings.client.server != nil
        guard isRemote || settings.engine == .embedded else { return nil }
        guard isRemote || FileCheck.exists(settings.dataDirectory) else { return nil }
        do {
            let connection = try APIConnection(settings, access: .reading)
            return try await connection.withClient { try await $0.send(.storeCheck) }
        } catch let error as EngineError {
            // A store too damaged to be opened can still be read for what is wrong with it.
            guard !isRemote,
                let report = try? await Composition.check(directory: settings.dataDirectory),
                !report.findings.isEmpty
            else { throw error }
            return StoreReportMessage(report)
        }
    }

    private static func place(_ settings: Settings) -> String {
        settings.client.server.map { "server  \($0)" }
            ?? "data directory  \(settings.dataDirectory)"
    }

    private static func text(_ layers: SandboxLayers) -> String {
        var table = TextTable([.left("layer"), .left("state")])
        let lines = table.lines(
            layers.states.sorted { $0.key < $1.key }.map {
                [$0.key, $0.value ? "active" : "not available here"]
            })
        return "function host  \(Composition.functionHost)\n\n" + lines
    }
}
