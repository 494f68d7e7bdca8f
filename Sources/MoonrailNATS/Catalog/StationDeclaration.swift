import Foundation
import MoonrailCore

/// What a station declares, as the description of its stream keeps it: a stream can't say all of
/// it.
struct StationDeclaration: Codable, Hashable, Sendable {
    /// Of this text.
    private var moonrail = 1
    private var ageMicroseconds: Int64?
    private var bytes: UInt64?
    private var events: UInt64?
    private var duplicateIDs: Int
    private var duplicateMicroseconds: Int64
    /// When the station was made, in microseconds since 1970: servers of a cluster each tell a time
    /// of their own.
    let made: Int64?

    init(_ settings: StationSettings, made: Int64?) {
        self.made = made
        ageMicroseconds = settings.retention.age.map { $0.nanoseconds / 1_000 }
        bytes = settings.retention.bytes
        events = settings.retention.events
        duplicateIDs = settings.duplicates.ids
        duplicateMicroseconds = settings.duplicates.age.nanoseconds / 1_000
    }

    /// The settings of a station of so many partitions.
    func settings(partitions: UInt32) -> StationSettings {
        StationSettings(
            partitions: partitions,
            retention: Retention(
                age: ageMicroseconds.map { .microseconds($0) }, bytes: bytes, events: events),
            duplicates: DuplicateReach(
                ids: duplicateIDs.clamped(to: DuplicateReach.idsAllowed),
                age: Duration.microseconds(duplicateMicroseconds)
                    .clamped(to: DuplicateReach.ageAllowed)))
    }

    var text: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }

    init?(_ text: String?) {
        guard let text, let read = try? JSONDecoder().decode(Self.self, from: Data(text.utf8))
        else { return nil }
        self = read
    }
}

extension EventTime {
    /// Now, by this machine's clock.
    static var ofClock: EventTime {
        EventTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

extension StreamConfiguration {
    /// The stream of a station.
    init(
        _ station: StationName, _ settings: StationSettings, _ naming: Naming,
        _ broker: BrokerSettings
    ) {
        self.init(
            name: naming.stream(of: station),
            subjects: naming.subjects(of: station, partitions: settings.partitions))
        description = StationDeclaration(settings, made: EventTime.ofClock.microseconds).text
        storage = broker.storage(of: station).rawValue
        num_replicas = broker.replicas(of: station)
        set(settings, windowMaximum: broker.duplicateWindowMaximum)
    }

    /// Sets what may be altered later, but for replicas.
    mutating func set(_ settings: StationSettings, windowMaximum: Duration) {
        let isForeign = isForeign
        if !isForeign {
            let made = StationDeclaration(description)?.made
            description = StationDeclaration(settings, made: made).text
        }
        max_age = settings.retention.age?.nanoseconds ?? 0
        // The broker counts what goes beyond; a station keeps at least what it declares. A stream
        // that can't say so has what is declared.
        let slack = isForeign ? 0 : UInt64(Bounds.batchBytes)
        max_bytes = settings.retention.bytes.map { Int64(clamping: $0 + slack) } ?? -1
        max_msgs = settings.retention.events.map { Int64(clamping: $0) } ?? -1
        duplicate_window = min(settings.duplicates.age, windowMaximum).nanoseconds
        // The broker refuses a window that outlasts the messages.
        if max_age > 0 { duplicate_window = min(duplicate_window, max_age) }
    }

    /// Whether its description is somebody else's, which is left as it is.
    var isForeign: Bool {
        !(description ?? "").isEmpty && StationDeclaration(description) == nil
    }
}

/// A station as this process knows it.
struct KnownStation: Hashable, Sendable {
    let name: StationName
    let settings: StationSettings
    /// When it was made: one that is made later under its name is another station. Of a stream with
    /// replicas that somebody else made, 1970: its servers do not agree on when that was.
    let created: EventTime
    let configuration: StreamConfiguration

    var partitions: UInt32 { settings.partitions }

    /// - Parameter windowMaximum: the largest window of duplicates that streams get.
    /// - Throws: `corrupt` when the stream's subjects are no station's.
    init(
        _ name: StationName, _ info: StreamInfo, _ naming: Naming, windowMaximum: Duration
    ) throws(EngineError) {
        let expected = naming.subjects(
            of: name, partitions: UInt32(info.config.subjects.count))
        guard !expected.isEmpty, expected.count <= Bounds.partitions,
            Set(expected) == Set(info.config.subjects),
            let created = EventTime(info.created)
        else {
            throw .corrupt(
                "stream '\(info.config.name)' is no station: its subjects are not "
                    + "'\(naming.subject(of: name, 0))' and so on")
        }
        self.name = name
        let made = StationDeclaration(info.config.description)?.made
        self.created =
            made.map { EventTime(microseconds: $0) }
            ?? (info.config.num_replicas > 1 ? EventTime(microseconds: 0) : created)
        configuration = info.config
        let partitions = UInt32(expected.count)
        settings = info.config.stationSettings(partitions, windowMaximum: windowMaximum)
    }
}
