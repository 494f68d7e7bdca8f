import Logging
import MoonrailConfiguration
import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// The stations that a plan is about, wherever they are kept.
struct PlannedStations: Sendable {
    /// How a station is otherwise than declared; nil when there is none.
    let differences: @Sendable (StationName, StationSettings) async throws -> [StationDifference]?
    /// Gives a station what is declared of it, as far as that can be, or creates it.
    let apply: @Sendable (StationName, StationSettings, _ exists: Bool) async throws -> Void
    /// Has the audit tell of it.
    let note: @Sendable (StationName, _ existed: Bool) async -> Void

    /// Calls `body` with the stations of the broker, or with those of the data directory, which its
    /// owner has.
    static func with<Value: Sendable>(
        _ settings: Settings, _ body: @escaping @Sendable (PlannedStations) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "moonrail") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let composition = Composition(settings: settings, logger: logger)
        guard let open = try composition.openSharedEngine() else {
            let connection = try APIConnection(settings, access: .reading)
            return try await connection.withClient { try await body(PlannedStations($0)) }
        }
        let stations = PlannedStations(open.engine, logger)
        return try await open.closing {
            try await Interruption.guarded { try await body(stations) }
        }
    }

    /// Those of an engine that this process shares.
    private init(_ engine: any StationEngine, _ logger: Logger) {
        let audit = Audit(engine: engine, logger: logger, now: { .now })
        differences = { name, settings in
            do throws(EngineError) {
                return try await engine.differences(of: name, from: settings)
            } catch {
                guard case .stationNotFound = error else { throw error }
                return nil
            }
        }
        apply = { name, settings, exists in
            if exists {
                try await engine.conform(name, to: settings)
            } else {
                try await engine.open(name, settings: settings)
            }
        }
        note = { name, existed in
            await audit.note(
                existed ? .stationAltered : .stationCreated, .station(name), by: .process)
        }
    }

    /// Those of the data directory's owner, who has the audit tell of everything by itself.
    private init(_ client: APIClient) {
        differences = { name, settings in
            do {
                return try await client.send(.station(name), as: StationMessage.self)
                    .settings.settings.differences(from: settings)
            } catch let problem as Problem where problem.status == 404 {
                return nil
            }
        }
        apply = { name, settings, exists in
            var patch = StationSettingsPatch()
            for member in StationSettingsPatch.Member.allCases
            where member != .partitions || !exists {
                patch.take(member, from: settings)
            }
            _ = try await client.send(
                exists
                    ? try .alterStation(name, settings: patch)
                    : try .createStation(name, settings: patch))
        }
        note = { _, _ in }
    }
}

extension StationSettingsMessage {
    /// As the engine has them.
    fileprivate var settings: StationSettings {
        var settings = StationSettings()
        settings.partitions = partitions
        settings.retention = MoonrailCore.Retention(
            age: retention.ageMilliseconds.map { .milliseconds(Int64(clamping: $0)) },
            bytes: retention.bytes, events: retention.events)
        settings.duplicates.ids = duplicates.ids
        settings.duplicates.age = .milliseconds(Int64(clamping: duplicates.ageMilliseconds))
        return settings
    }
}
