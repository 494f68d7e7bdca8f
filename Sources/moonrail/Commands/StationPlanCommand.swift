import ArgumentParser
import MoonrailConfiguration
import MoonrailCore

/// `moonrail station plan`
struct StationPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Compares stations with what the configuration declares, and alters them.",
        discussion: """
            Without --apply nothing changes. The status is 0 when all is as declared, and 4 when \
            something is otherwise and stays so. On NATS a worker leaves stations that are there \
            as they are: this command alters their streams, also while workers run, and keeps \
            what else somebody declared of a stream. A narrower retention removes events for \
            good. The number of partitions and the storage are fixed for a station's life.

              moonrail station plan
              moonrail station plan orders --apply
            """)

    @Argument(help: "Stations that the configuration declares; without any, all of them.")
    var stations: [String] = []

    @Flag(help: "Make the changes that can be made, and create what is missing.")
    var apply = false

    @OptionGroup var data: DataOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try data.mustBeLocal()
        let settings = try data.settings()
        let declared = try chosen(of: settings.stations)
        let entries = try await PlannedStations.with(settings) { [apply] stations in
            try await Self.plan(declared, applies: apply, stations)
        }
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(entries))
        } else if !entries.isEmpty {
            try await StandardOutput().write(StationPlanEntry.table(entries))
        } else {
            StandardError.write(message: "all is as declared")
        }
        for entry in entries {
            guard let problem = entry.problem else { continue }
            StandardError.write(message: "station '\(entry.station)': \(problem)")
        }
        guard entries.allSatisfy(\.isDone) else {
            throw CommandFailure(.conflict, Self.advice(entries, applied: apply))
        }
    }

    /// What is declared of the stations that are named, in the order of their names.
    ///
    /// - Throws: `CommandFailure` for one of which nothing is declared.
    private func chosen(
        of declared: [StationName: StationSettings]
    ) throws -> [(name: StationName, settings: StationSettings)] {
        let names = Set(try stations.map(Names.station))
        if let unknown = names.subtracting(declared.keys).min() {
            throw CommandFailure(
                .notFound, "the configuration declares nothing of station '\(unknown)'")
        }
        return declared.filter { names.isEmpty || names.contains($0.key) }
            .sorted { $0.key < $1.key }.map { (name: $0.key, settings: $0.value) }
    }

    /// What is otherwise than declared, with what became of it.
    private static func plan(
        _ declared: [(name: StationName, settings: StationSettings)], applies: Bool,
        _ stations: PlannedStations
    ) async throws -> [StationPlanEntry] {
        var entries: [StationPlanEntry] = []
        for (name, settings) in declared {
            var entry = StationPlanEntry(name, try await stations.differences(name, settings))
            if entry.isDone { continue }
            if applies, entry.isApplicable {
                do {
                    try await stations.apply(name, settings, entry.exists)
                } catch {
                    guard !(error is CancellationError) else { throw error }
                    entry.problem = CommandFailure(error)?.message ?? "\(error)"
                }
                // What was asked for and what was done are two things.
                entry.take(left: try await stations.differences(name, settings))
                if entry.isChanged { await stations.note(name, entry.exists) }
            }
            entries.append(entry)
        }
        return entries
    }

    /// What to do about what is left.
    private static func advice(_ entries: [StationPlanEntry], applied: Bool) -> String {
        var sentences: [String] = []
        if !applied, entries.contains(where: \.isApplicable) {
            sentences.append("to make the changes that can be made: moonrail station plan --apply")
        }
        if entries.contains(where: \.hasFixed) {
            sentences.append(
                "what is fixed takes another station: see moonrail station copy --help")
        }
        return "not all is as declared"
            + (sentences.isEmpty ? "" : "; " + sentences.joined(separator: "; "))
    }
}
