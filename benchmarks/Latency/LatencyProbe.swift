import ArgumentParser
import Logging
import MoonrailCore
import MoonrailEmbedded
import MoonrailRuntime
import MoonrailSandbox
import ServiceLifecycle

/// Measures one real worker at a steady rate: from the acknowledgement of an event's append to that
/// of its output.
///
/// Worker, engine and host process are those of `moonrail run`; they share this process with the
/// producer and the observer, so that no client's share is in the figures. Both ends are taken when
/// the engine resumes whoever waits for that commit. The functions directory must hold one function
/// from `in` to `out` which emits exactly one event for each: then offsets tell which belong
/// together.
@main
struct LatencyProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "latency-probe")

    @Option(help: "A new data directory.")
    var data: String

    @Option(help: "The functions directory.")
    var functions: String

    @Option(help: "Path of the function host.")
    var host: String

    @Option(help: "The payload of every event, a JSON document.")
    var payload: String

    @Option(help: "Events a second, 1 to 100,000.")
    var rate = 1_000

    @Option(help: "Seconds that are measured, 1 to 600; one second before them is not.")
    var seconds = 5

    @Option(help: "Events that the function has processed before, 0 to 10,000,000.")
    var history = 0

    @Flag(help: "Have a shadow go over the history meanwhile, and swap it afterwards.")
    var shadow = false

    @Option(help: "Of the shadow, at most so many events a second.")
    var shadowRate: UInt32?

    func validate() throws {
        guard (1...100_000).contains(rate), (1...600).contains(seconds),
            (0...10_000_000).contains(history)
        else {
            throw ValidationError("rate or seconds out of range")
        }
    }

    func run() async throws {
        let input = try StationName("in")
        let output = try StationName("out")
        let engine = try EmbeddedEngine(directory: data)
        try await engine.open(input, settings: nil)
        try await engine.open(output, settings: nil)
        let worker = worker(engine)
        let group = serviceGroup(worker)
        let past = StoredHistory(engine: engine, input: input, output: output, events: history)
        try await past.append(Array(payload.utf8))
        let timeline = Timeline(events: rate * (seconds + 1), after: history)
        let producer = SteadyProducer(
            engine: engine, station: input, payload: Array(payload.utf8), rate: rate)
        let observer = OutputObserver(engine: engine, station: output)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                try await past.wait()
                let shadowing = ShadowRun(
                    engine: engine, deployments: worker.deployments, past: past, rate: shadowRate)
                if shadow { try await shadowing.begin() }
                try await withThrowingTaskGroup(of: Void.self) { ends in
                    ends.addTask { try await observer.run(timeline) }
                    ends.addTask { try await producer.run(timeline) }
                    try await ends.waitForAll()
                }
                if shadow {
                    let report = try await shadowing.finish(producer)
                    print(report)
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
        await engine.close()
        print(timeline.report(from: rate))
    }

    private func worker(_ engine: EmbeddedEngine) -> Worker {
        let hosts = HostStarter(executable: host)
        var logger = Logger(label: "latency-probe") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return Worker(
            engine: engine,
            deployment: Deployment(directory: FunctionDirectory(path: functions), hosts: hosts),
            hosts: hosts, settings: .init(), logger: logger, now: { .now })
    }

    private func serviceGroup(_ worker: Worker) -> ServiceGroup {
        var logger = Logger(label: "latency-probe") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return ServiceGroup(services: [worker], logger: logger)
    }
}
