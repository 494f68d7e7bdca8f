import ArgumentParser
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail function run`
struct FunctionRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Tries a function on a file's or a station's events; appends nothing.",
        discussion: """
            Each event is shown with what came out for which station, what was logged, why it was \
            dropped, rejected or failed, and how long it took on its way to the sandbox and back. \
            No position moves. The status is 1 when an event fails other than by a rejection.

              moonrail function run celsius --sample readings.ndjson --key sensor
              moonrail function run celsius --from readings.fahrenheit -N 20
              moonrail function run celsius --from dead.celsius --json | jq .outcome
            """)

    @Argument(help: "The function.", transform: Names.function)
    var name: FunctionName

    @Option(
        help: ArgumentHelp(
            "Take events from a file, one JSON document a line; - for standard input.",
            valueName: "file"))
    var sample: String?

    @Option(
        help: ArgumentHelp("With --sample: where a document has its key.", valueName: "path"))
    var key: String?

    @Option(
        help: ArgumentHelp("Take events from a station.", valueName: "station"),
        transform: Names.station)
    var from: StationName?

    @Option(
        name: [.customShort("N"), .customLong("last")],
        help: ArgumentHelp("With --from: the last so many.", valueName: "count"))
    var last: UInt = 10

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (sample == nil) != (from == nil) else {
            throw ValidationError("say where events come from: --sample FILE or --from STATION")
        }
        guard key == nil || sample != nil else {
            throw ValidationError("--key belongs to --sample; events of a station have their keys")
        }
        guard (1...SampleEvents.most).contains(last) else {
            throw ValidationError("-N takes 1 to \(SampleEvents.most)")
        }
    }

    func run() async throws {
        let settings = try data.settings()
        let functions = AuthoredFunctions(settings)
        try await Interruption.guarded {
            let function = try await functions.deployable(name)
            let inputs = try await inputs(for: function, settings)
            var counts = Counts()
            try await DryRun(hosts: functions.hosts).run(function, over: inputs) { report in
                counts.add(report)
                let message = DryRunMessage(report)
                let text = output.isJSON ? try JSONText.text(message) + "\n" : message.text
                try await StandardOutput().write(text)
            }
            if !output.isJSON { try await StandardOutput().write(line: counts.text) }
            guard counts.failed == 0 else { throw CommandFailure(.failed, nil) }
        }
    }

    private func inputs(
        for function: DeployableFunction, _ settings: Settings
    ) async throws -> [DryRun.Input] {
        if let from { return try await SampleEvents.stored(in: [from], last: last, settings) }
        return try await SampleEvents.file(
            sample ?? "-", of: function.definition.from[0], key: key, settings)
    }

    private struct Counts {
        var events = 0
        var emitted = 0
        var dropped = 0
        var rejected = 0
        var failed = 0

        mutating func add(_ report: DryRun.Report) {
            events += 1
            emitted += report.emissions.count
            switch report.fault?.kind {
            case nil: dropped += report.emissions.isEmpty ? 1 : 0
            case .rejected: rejected += 1
            case .some: failed += 1
            }
        }

        var text: String {
            "\(events) event\(events == 1 ? "" : "s"): \(emitted) emitted, \(dropped) dropped, "
                + "\(rejected) rejected, \(failed) failed; nothing was appended"
        }
    }
}
