import ArgumentParser
import FoundationEssentials
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime
import ServiceLifecycle

/// `moonrail dev`: a worker for who writes functions.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Runs functions while you write them, and shows what they do.",
        discussion: """
            Every save is deployed once the function's tests pass; what fails is shown, and the \
            version before goes on. Every event is shown with what came in, what went out, what \
            was logged, and how long it took. The store is a scratch directory that goes at the \
            end, unless --data names another; other commands reach it with --data, as the ready \
            line says. ^C ends it in order, with status 0.

              moonrail dev
              moonrail dev functions --produce readings.fahrenheit=readings.ndjson --key sensor
              moonrail dev functions --data moonrail-data
            """)

    @Argument(
        help: ArgumentHelp(
            "The functions directory; the configuration names it otherwise.",
            valueName: "directory"))
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Produce a file's lines into a station when everything is ready.",
            valueName: "station=file"))
    var produce: String?

    @Option(
        help: ArgumentHelp("With --produce: where a document has its key.", valueName: "path"))
    var key: String?

    @OptionGroup var options: DataOptions

    func validate() throws {
        guard key == nil || produce != nil else {
            throw ValidationError("--key belongs to --produce")
        }
    }

    func run() async throws {
        try options.mustBeLocal()
        let input = try produced()
        let scratch = options.data == nil ? try DevScratch() : nil
        defer { scratch?.remove() }
        var options = options
        options.data = options.data ?? scratch?.path
        var flags = SettingsFlags()
        flags.functions = directory
        var settings = try options.settings(flags)
        // What is on NATS does not go with a scratch directory, and may be everybody's.
        if scratch != nil { settings.engine = .embedded }
        guard FileCheck.exists(settings.functionsDirectory) else {
            throw CommandFailure(
                .notFound,
                "the functions directory '\(settings.functionsDirectory)' does not exist; make it "
                    + "with a first function by: moonrail function init NAME")
        }
        let composition = Composition(
            settings: settings, logger: Logger(label: "moonrail") { _ in DevLogHandler() })
        let open = try composition.openEngine(.worker)
        try await open.closing {
            try await run(composition, open, input, isScratch: scratch != nil)
        }
        scratch?.remove()
        StandardError.write(
            line: scratch == nil ? "stopped" : "stopped; the scratch store is removed")
    }

    /// The station and the file of `--produce`.
    private func produced() throws -> (station: StationName, input: LineInput)? {
        guard let produce else { return nil }
        guard let equals = produce.firstIndex(of: "=") else {
            throw ValidationError("--produce takes STATION=FILE, not '\(produce)'")
        }
        let station = try Names.station(String(produce[..<equals]))
        return (station, try LineInput(path: String(produce[produce.index(after: equals)...])))
    }

    private func run(
        _ composition: Composition, _ open: OpenEngine,
        _ input: (station: StationName, input: LineInput)?, isScratch: Bool
    ) async throws {
        let settings = composition.settings
        let news = DevPrinter.news()
        let worker = composition.worker(open, logsScripts: false) { news.1.yield($0) }
        let api = try composition.api(
            open, functions: worker.overview, operators: worker.operators,
            deployments: worker.deployments, invocations: worker.invocations, role: .worker)
        let (ready, readied) = AsyncStream<Never>.makeStream()
        let printer = try DevPrinter(
            worker: worker, news: news,
            place: .init(
                functions: settings.functionsDirectory, data: settings.dataDirectory,
                isScratch: isScratch),
            readied: { readied.finish() })
        // A stop goes from the last to the first: the worker's end is shown, and the API answers
        // until then.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: composition.server(api))
        ]
        services += open.care.map { .init(service: $0) }
        services += [
            .init(
                service: printer, successTerminationBehavior: .ignore,
                failureTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: worker, failureTerminationBehavior: .gracefullyShutdownGroup),
        ]
        if let input {
            let service = DevInput(
                station: input.station, input: input.input, key: key,
                socket: try LocalServer.socketPath(in: settings.dataDirectory), ready: ready)
            services.append(
                .init(
                    service: service, successTerminationBehavior: .ignore,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint, .sighup],
            logger: composition.quietLogger)
        configuration.maximumGracefulShutdownDuration = settings.shutdownTimeout
        try await ServiceGroup(configuration: configuration).run()
    }
}
