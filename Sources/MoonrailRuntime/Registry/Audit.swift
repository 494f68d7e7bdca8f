import FoundationEssentials
import Logging
import MoonrailCore

/// Who did what, and from where: events of `moonrail.audit`, whose key is the name of what it was
/// done to.
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
        case stationCreated = "station-created"
        case stationAltered = "station-altered"
        case stationDeleted = "station-deleted"
        case backedUp = "backed-up"
        case tokenCreated = "token-created"
        case tokenRevoked = "token-revoked"
        case consumerCreated = "consumer-created"
        case consumerMoved = "consumer-moved"
        case consumerDeleted = "consumer-deleted"
    }

    /// What something was done to.
    package enum Subject: Hashable, Sendable {
        case function(FunctionName)
        case station(StationName)
        /// A token, by its name.
        case token(String)
        /// A file of the machine.
        case file(String)
    }

    package struct Entry: Codable, Hashable, Sendable {
        package var deed: Deed
        package var function: String?
        package var station: String?
        package var token: String?
        package var file: String?
        /// The version that the deed chose, 64 hexadecimal digits.
        package var version: String?
        /// Why, as far as somebody said, or what failed.
        package var because: String?
        package var by: String
        /// From where they asked: `socket`, or an address; nil for what a worker did by itself.
        package var from: String?
        /// RFC 3339.
        package var time: String

        init(
            _ deed: Deed, _ subject: Subject, version: String? = nil, because: String? = nil,
            by: String, from: String?, time: String
        ) {
            self.deed = deed
            switch subject {
            case .function(let name): function = name.text
            case .station(let name): station = name.text
            case .token(let text): token = text
            case .file(let text): file = text
            }
            self.version = version
            self.because = because
            self.by = by
            self.from = from
            self.time = time
        }

        /// The key of its event.
        fileprivate var key: String { function ?? station ?? token ?? "store" }
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
        _ deed: Deed, _ subject: Subject, version: String? = nil, because: String? = nil,
        by asker: Asker
    ) async {
        let time = now()
        let entry = Entry(
            deed, subject, version: version, because: because, by: asker.name, from: asker.from,
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
            .reset, .function(function.name), version: function.version.text,
            because: asker.because.map { "\($0) (\(what))" } ?? what, by: asker)
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
                    change, deed, because: change.because ?? change.before.map { "it was \($0)" })
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
                    key: Array(entry.key.utf8), time: time,
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

extension Audit.Entry {
    /// What tells of a change of a function.
    fileprivate init(_ change: FunctionChange, _ deed: Audit.Deed, because: String?) {
        self.deed = deed
        function = change.function
        version = change.version?.version
        self.because = because
        by = change.by
        from = change.from
        time = change.time
    }
}
