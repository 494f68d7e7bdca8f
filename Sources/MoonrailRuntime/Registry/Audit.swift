import FoundationEssentials
import Logging
import MoonrailCore

/// Who did what to functions and dead letters: events of `moonrail.audit`, whose key is the
/// function's name.
package struct Audit: Sendable {
    package enum Deed: String, Codable, Hashable, Sendable {
        case deployed
        case deploymentFailed = "deployment-failed"
        case rolledBack = "rolled-back"
        case removed, paused, resumed, renamed, reset, shadowed, swapped
        case shadowDropped = "shadow-dropped"
        /// A script was put into the functions directory.
        case uploaded
        case lettersRetried = "letters-retried"
        case lettersSkipped = "letters-skipped"
        case consumerCreated = "consumer-created"
        case consumerMoved = "consumer-moved"
        case consumerDeleted = "consumer-deleted"
    }

    package struct Entry: Codable, Hashable, Sendable {
        package var deed: Deed
        package var function: String
        /// The version that the deed chose, 64 hexadecimal digits.
        package var version: String?
        /// Why, as far as somebody said, or what failed.
        package var because: String?
        package var by: String
        /// RFC 3339.
        package var time: String
    }

    private let engine: any StationEngine
    private let logger: Logger
    private let now: @Sendable () -> EventTime

    package init(
        engine: any StationEngine, logger: Logger, now: @escaping @Sendable () -> EventTime
    ) {
        self.engine = engine
        self.logger = logger
        self.now = now
    }

    /// Writes it down; on disk when it returns. What was done stays done when this fails, and the
    /// log says so.
    package func note(
        _ deed: Deed, _ function: FunctionName, version: String? = nil, because: String? = nil,
        by: String
    ) async {
        let time = now()
        let entry = Entry(
            deed: deed, function: function.text, version: version, because: because, by: by,
            time: time.description)
        await note(Self.append([entry], at: time))
    }

    /// Tells of lanes that were moved.
    func note(
        _ moves: [LaneMove], _ wish: ResetWish, of function: DeployableFunction, for asker: Asker
    ) async {
        let places = moves.map { move in
            "\(move.lane) from \(LaneMoves.text(move.from)) to \(LaneMoves.text(move.to))"
        }
        let what = "outputs \(wish.outputs.rawValue): " + places.joined(separator: "; ")
        await note(
            .reset, function.name, version: function.version.text,
            because: asker.because.map { "\($0) (\(what))" } ?? what, by: asker.name)
    }

    func note(_ changes: [FunctionChange]) async {
        await note(Self.append(changes, at: now()))
    }

    /// What tells of the changes of functions.
    static func append(_ changes: [FunctionChange], at time: EventTime) -> StationAppend {
        append(
            changes.map { change in
                let deed: Deed =
                    switch change.change {
                    case .deployed: .deployed
                    case .rolledBack: .rolledBack
                    case .removed: .removed
                    case .paused: .paused
                    case .resumed: .resumed
                    case .renamed: .renamed
                    case .shadowed: .shadowed
                    case .swapped: .swapped
                    case .shadowDropped: .shadowDropped
                    }
                return Entry(
                    deed: deed, function: change.function, version: change.version?.version,
                    because: change.because ?? change.before.map { "it was \($0)" },
                    by: change.by, time: change.time)
            }, at: time)
    }

    private static func append(_ entries: [Entry], at time: EventTime) -> StationAppend {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var append = StationAppend(station: .audit)
        for entry in entries {
            // Texts can always be written.
            let payload = (try? encoder.encode(entry)).map(Array.init) ?? []
            append.records.append(
                Event(
                    key: Array(entry.function.utf8), time: time,
                    type: "moonrail.audit." + entry.deed.rawValue, payload: payload))
        }
        return append
    }

    private func note(_ append: StationAppend) async {
        if append.records.isEmpty { return }
        do {
            try await engine.open(.audit, settings: nil)
            _ = try await engine.append(append)
        } catch {
            logger.error("\(append.records.count) deeds are not in \(StationName.audit): \(error)")
        }
    }
}
