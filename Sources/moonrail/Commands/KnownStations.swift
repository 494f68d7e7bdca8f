import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// The stations that are stored, declared, or written by a function.
struct KnownStations: Sendable {
    /// Stored or declared.
    private let existing: Set<StationName>
    /// What functions write, which is there as soon as they have.
    private let written: Set<StationName>
    /// Whether others are created when they are needed.
    private let createsStations: Bool

    /// - Parameter functions: all that there are; asked for when it matters.
    /// - Returns: nil where there is neither a store nor a station in the configuration that could
    ///   tell a wrong name from a new one.
    static func load(
        _ settings: Settings, functions: () async -> [Deployment.Examined]
    ) async -> KnownStations? {
        let stored = await stored(settings)
        guard !stored.isEmpty || !settings.stations.isEmpty else { return nil }
        var written: Set<StationName> = []
        for case .deployable(let function) in await functions() {
            written.formUnion(function.definition.to)
            written.insert(.deadLetters(of: function.name))
        }
        return KnownStations(
            existing: stored.union(settings.stations.keys), written: written,
            createsStations: settings.createStations)
    }

    /// Those of the data directory, if there is one that can be read now: a check needs none.
    private static func stored(_ settings: Settings) async -> Set<StationName> {
        do {
            let connection = try APIConnection(settings, access: .reading)
            let stations = try await connection.withClient { client in
                try await client.send(.stations, as: [StationMessage].self)
            }
            return Set(stations.compactMap { try? StationName($0.name) })
        } catch {
            return []
        }
    }

    /// What is to be said of the stations that a function names.
    func findings(of function: DeployableFunction) -> [ScriptLint.Finding] {
        let outline = ScriptOutline(function.program.source)
        func finding(_ station: StationName, _ field: String) -> ScriptLint.Finding {
            let line = outline.fieldLines[field] ?? outline.returnLine ?? 1
            let known = existing.union(written).map(\.text).sorted()
            let near = nearestName(to: station.text, among: known)
            let advice = near.map { "; did you mean '\($0)'?" } ?? ""
            guard createsStations else {
                return .init(
                    .error, line: line,
                    "'\(field)' names station '\(station)', which does not exist, and stations "
                        + "are not created by themselves\(advice)")
            }
            return .init(
                .warning, line: line,
                "'\(field)' names station '\(station)', which does not exist yet and no function "
                    + "writes\(advice)")
        }
        let definition = function.definition
        let known = createsStations ? existing.union(written) : existing
        let from = definition.from.filter { !known.contains($0) }
        let to = createsStations ? [] : definition.to.filter { !existing.contains($0) }
        return from.map { finding($0, "from") } + to.map { finding($0, "to") }
    }
}
