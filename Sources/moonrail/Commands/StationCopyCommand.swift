import ArgumentParser
import FoundationEssentials
import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailRuntime

/// `moonrail station copy`
struct StationCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copies stations from the embedded engine to NATS, or back.",
        discussion: """
            Payloads, ids, keys, types, times, headers and causes are kept, in the order of each \
            partition; all that was copied is read back and compared. A copy that was interrupted \
            goes on where it ended when the command is given again, and so does one of a station \
            that got events since. Offsets are the other engine's own: functions begin anew there.

            The embedded engine is that of the data directory, where no worker may run meanwhile; \
            the broker is that of the configuration's section nats.

              moonrail station copy orders.paid --to nats
              moonrail station copy --all --to embedded --data restored
            """)

    @Argument(help: "The stations.", transform: Names.station)
    var stations: [StationName] = []

    @Flag(help: "Copy all stations that there are.")
    var all = false

    @Option(help: "The engine that gets them, nats or embedded; the other one has them.")
    var to: TargetEngine

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    enum TargetEngine: String, ExpressibleByArgument, CaseIterable {
        case nats, embedded
    }

    func validate() throws {
        guard all != !stations.isEmpty else {
            throw ValidationError("name the stations to copy, or give --all, not both")
        }
    }

    func run() async throws {
        try data.mustBeLocal()
        let settings = try data.settings()
        if to == .nats { try DataDirectory(settings.dataDirectory).mustExist() }
        let logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        let composition = Composition(settings: settings, logger: logger)
        let (embedded, nats) = try composition.openBothEngines()
        let result: Result<Void, any Error>
        do {
            let (source, target): (any StationEngine, any StationEngine) =
                to == .nats ? (embedded, nats) : (nats, embedded)
            result = .success(try await copy(from: source, to: target))
        } catch {
            result = .failure(error)
        }
        await nats.close()
        await embedded.close()
        try result.get()
    }

    private func copy(
        from source: any StationEngine, to target: any StationEngine
    ) async throws {
        let names = all ? try await source.stations().map(\.name) : stations
        let copy = StationCopy(from: source, to: target)
        for name in names { try await print(try await copy.copy(name)) }
    }

    /// One line for each station, as soon as it is copied.
    private func print(_ report: StationCopyReport) async throws {
        if output.isJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = String(decoding: try encoder.encode(report), as: UTF8.self)
            return try await StandardOutput().write(line: line)
        }
        let events = report.partitions.reduce(0) { $0 + $1.events }
        let copied = report.partitions.reduce(0) { $0 + $1.copied }
        let sums = report.partitions.map(\.checksum).joined(separator: " ")
        try await StandardOutput().write(
            "\(report.station): \(copied) events copied, \(events - copied) were there, "
                + "\(events) compared, checksums \(sums)\n")
    }
}
