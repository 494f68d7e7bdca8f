import ArgumentParser
import AsyncHTTPClient
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime
import ServiceLifecycle

/// `moonrail run`: the worker.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the functions of a directory over their stations.",
        discussion: """
            Every function takes up where its last settlement ended. A script that is saved, added \
            or removed meanwhile is deployed, or stopped; a broken one never replaces what runs. \
            SIGTERM or SIGINT stops the worker in order: what functions work on is still settled. \
            A worker that was killed loses nothing and repeats nothing.

              moonrail run --functions functions --data moonrail-data
              moonrail run --until-idle
              moonrail run --listen 127.0.0.1:7667
              moonrail run --engine nats --nats-servers nats://127.0.0.1:4222
            """)

    @OptionGroup var options: DataOptions

    @OptionGroup var overrides: WorkerOptions

    @Flag(
        help: """
            End when every function has caught up: with status 1 when one of them could not be \
            deployed or gave up, with 0 otherwise.
            """)
    var untilIdle = false

    @OptionGroup var json: JSONOption

    func run() async throws {
        try options.mustBeLocal()
        let settings = try options.settings(overrides.flags)
        let composition = Composition(settings: settings, logger: WorkerLog.logger(settings))
        let open = try composition.openEngine(.worker)
        try await open.closing {
            try await HTTPClient.withHTTPClient(configuration: Self.deliveries) { http in
                try await run(composition, open, try composition.webhooks(http))
            }
        }
    }

    /// How webhooks' requests are made: where a redirect leads nobody has configured.
    private static var deliveries: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        return configuration
    }

    private func run(
        _ composition: Composition, _ open: OpenEngine, _ webhooks: [Webhook]
    ) async throws {
        let worker = composition.worker(open, webhooks: webhooks)
        let api = try composition.api(
            open, functions: worker.overview, operators: worker.operators,
            deployments: worker.deployments, invocations: worker.invocations, role: .worker)
        // A stop goes from the last to the first: the API answers until the lanes are done.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: composition.server(api))
        ]
        services += open.care.map { .init(service: $0) }
        services.append(
            // A server that is cancelled while somebody connects would end the whole process.
            .init(service: worker, failureTerminationBehavior: .gracefullyShutdownGroup))
        if let network = try composition.networkServer(api) {
            services.insert(
                .init(service: network, failureTerminationBehavior: .gracefullyShutdownGroup),
                at: 1)
        }
        if untilIdle {
            services.append(
                .init(
                    service: worker.untilIdle,
                    successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: composition.quietLogger)
        configuration.maximumGracefulShutdownDuration = composition.settings.shutdownTimeout
        let began = ContinuousClock.now
        let before = try await open.engine.lanes()
        try await ServiceGroup(configuration: configuration).run()
        guard untilIdle else { return }
        let report = RunReport(
            before: before, after: try await open.engine.lanes(), took: ContinuousClock.now - began)
        if json.isJSON {
            try await StandardOutput().write(line: try report.json)
        } else {
            StandardError.write(message: report.text)
        }
        try await Self.failUnlessAllRan(worker.overview)
    }

    /// - Throws: `CommandFailure` when a function could not be deployed or gave up.
    private static func failUnlessAllRan(_ overview: any FunctionOverview) async throws {
        let failed = await overview.functions().filter {
            $0.state.reason != nil || $0.failedDeployment != nil
        }
        guard failed.isEmpty else {
            throw CommandFailure(
                .failed,
                "not as in the directory: " + failed.map(\.name.text).joined(separator: ", ")
                    + "; see the errors above")
        }
    }
}
