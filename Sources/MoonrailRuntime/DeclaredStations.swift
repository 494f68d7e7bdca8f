import MoonrailCore

/// The stations that the configuration declares, and how an engine comes to have them.
package struct DeclaredStations: Hashable, Sendable {
    /// What becomes of a station that is there otherwise than declared.
    package enum Existing: Hashable, Sendable {
        /// A worker that starts alters it.
        case altered
        /// It stays as it is until somebody asks for the change: others use it, too.
        case kept
    }

    private let settings: [StationName: StationSettings]
    private let existing: Existing

    package init(
        _ settings: [StationName: StationSettings] = [:], existing: Existing = .altered
    ) {
        self.settings = settings
        self.existing = existing
    }

    /// A station that was given the settings that are declared.
    package struct Alteration: Hashable, Sendable, CustomStringConvertible {
        package let station: StationName
        package let old: StationSettings
        package let new: StationSettings

        package var description: String {
            var parts: [String] = []
            if old.retention != new.retention {
                parts.append("it kept \(old.retention), and keeps \(new.retention) now")
            }
            if old.duplicates != new.duplicates {
                parts.append(
                    "it recognised ids within \(old.duplicates), and does within "
                        + "\(new.duplicates) now")
            }
            return "station '\(station)' is altered as declared: "
                + parts.joined(separator: "; ")
        }
    }

    /// Creates those that are missing. One that exists keeps the settings that it has: a worker is
    /// what alters stations.
    ///
    /// - Throws: `stationDiffers` when one exists with another number of partitions, unless those
    ///   that exist are kept.
    package func create(in engine: any StationCatalog) async throws(EngineError) {
        for (name, wanted) in sorted {
            if existing == .kept {
                _ = try await makeSure(of: name, in: engine)
                continue
            }
            let present = try await engine.settings(of: name)
            guard present?.partitions != wanted.partitions else { continue }
            try await engine.open(name, settings: wanted)
        }
    }

    /// Creates those that are missing, and alters those that exist with another retention or
    /// window of duplicates, unless they are kept.
    ///
    /// - Returns: what was altered.
    /// - Throws: `stationDiffers` when one exists with another number of partitions, unless those
    ///   that exist are kept.
    package func apply(to engine: any StationCatalog) async throws(EngineError) -> [Alteration] {
        guard existing == .altered else {
            try await create(in: engine)
            return []
        }
        var alterations: [Alteration] = []
        for (name, wanted) in sorted {
            guard let present = try await engine.settings(of: name), present != wanted,
                present.partitions == wanted.partitions
            else {
                try await engine.open(name, settings: wanted)
                continue
            }
            try await engine.alter(name, settings: wanted)
            alterations.append(Alteration(station: name, old: present, new: wanted))
        }
        return alterations
    }

    /// Those that are there otherwise than declared, and are kept so.
    package func deviations(
        in engine: any StationCatalog
    ) async throws(EngineError) -> [StationDeviation] {
        guard existing == .kept else { return [] }
        var deviations: [StationDeviation] = []
        for (name, wanted) in sorted {
            let differences = try await engine.differences(of: name, from: wanted)
            guard !differences.isEmpty else { continue }
            deviations.append(StationDeviation(station: name, differences: differences))
        }
        return deviations
    }

    /// Makes sure that a station is there. When it has to be created, it gets the settings that are
    /// declared: whoever needs it first may come before those who apply the declarations.
    ///
    /// - Throws: `unavailable`, `full`.
    package func makeSure(
        of name: StationName, in engine: any StationCatalog
    ) async throws(EngineError) -> StationSettings {
        guard let wanted = settings[name] else { return try await engine.open(name, settings: nil) }
        do throws(EngineError) {
            return try await engine.open(name, settings: wanted)
        } catch {
            // It is there, with settings that somebody gave it since.
            guard case .stationDiffers = error else { throw error }
            return try await engine.open(name, settings: nil)
        }
    }

    private var sorted: [(key: StationName, value: StationSettings)] {
        settings.sorted { $0.key < $1.key }
    }
}

extension StationCatalog {
    /// Nil when there is no such station.
    fileprivate func settings(
        of name: StationName
    ) async throws(EngineError) -> StationSettings? {
        do throws(EngineError) {
            return try await describe(name).settings
        } catch {
            guard case .stationNotFound = error else { throw error }
            return nil
        }
    }
}
