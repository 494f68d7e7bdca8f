import MoonrailCore

/// What a request says of a station's settings: a merge patch (RFC 7396), in which what is left out
/// stays as it is and null takes a bound away.
package struct StationSettingsPatch: Hashable, Sendable {
    /// A setting, as messages and the API name it.
    package enum Member: String, CaseIterable, Sendable {
        case partitions
        case retentionAge = "retention.age_ms"
        case retentionBytes = "retention.bytes"
        case retentionEvents = "retention.events"
        case duplicateIDs = "duplicates.ids"
        case duplicateAge = "duplicates.age_ms"
    }

    /// The values of the members that are given; nil inside is null.
    private var values: [Member: UInt64?] = [:]

    /// A patch that changes nothing.
    package init() {}

    package var isEmpty: Bool { values.isEmpty }

    /// - Throws: `Problem` for what is no such patch; ranges are checked by `applied`.
    package init(_ body: JSONValue) throws(Problem) {
        for (name, value) in try Self.members(of: body, "the body", known: Self.topNames) {
            switch value {
            case .object where Self.tableNames.contains(name):
                let known = Self.names(in: name)
                for (inner, value) in try Self.members(of: value, "'\(name)'", known: known) {
                    try read(value, of: "\(name).\(inner)")
                }
            case .null where Self.tableNames.contains(name):
                for inner in Self.names(in: name) { try read(.null, of: "\(name).\(inner)") }
            default: try read(value, of: name)
            }
        }
    }

    /// Gives one member the value that it has in `settings`.
    package mutating func take(_ member: Member, from settings: StationSettings) {
        values[member] = .some(member.value(in: settings))
    }

    /// The patch as a request's body.
    package var body: JSONValue {
        var body: [String: JSONValue] = [:]
        for (member, value) in values {
            let value = value.map { JSONValue.integer(Int64(clamping: $0)) } ?? .null
            let parts = member.rawValue.split(separator: ".").map(String.init)
            guard parts.count == 2 else {
                body[parts[0]] = value
                continue
            }
            var table: [String: JSONValue] = [:]
            if case .object(let known) = body[parts[0]] { table = known }
            table[parts[1]] = value
            body[parts[0]] = .object(table)
        }
        return .object(body)
    }

    /// `settings` with the patch laid over them.
    ///
    /// - Throws: `Problem` for a value out of its range.
    package func applied(to settings: StationSettings) throws(Problem) -> StationSettings {
        var settings = settings
        for member in Member.allCases {
            guard let value = values[member] else { continue }
            guard let value else {
                guard member.mayBeRemoved else { throw member.mustBe(.null) }
                member.set(nil, in: &settings)
                continue
            }
            guard member.range.contains(value) else {
                throw member.mustBe(.integer(Int64(clamping: value)))
            }
            member.set(value, in: &settings)
        }
        return settings
    }

    private mutating func read(_ value: JSONValue, of name: String) throws(Problem) {
        guard let member = Member(rawValue: name) else {
            throw .badRequest("'\(name)' is \(value.kind); it must be a table")
        }
        switch value {
        case .null: values[member] = .some(nil)
        case .integer(let number) where number >= 0: values[member] = UInt64(number)
        default: throw member.mustBe(value)
        }
    }

    private static func members(
        of value: JSONValue, _ what: String, known: [String]
    ) throws(Problem) -> [(String, JSONValue)] {
        guard case .object(let members) = value else {
            throw .badRequest("\(what) is \(value.kind); it must be a table")
        }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw .badRequest(
                "member '\(unknown)' of \(what) is not known"
                    + suggestion(for: unknown, among: known))
        }
        return members.sorted { $0.key < $1.key }
    }

    private static let tableNames = ["duplicates", "retention"]
    private static let topNames = tableNames + [Member.partitions.rawValue]

    private static func names(in table: String) -> [String] {
        Member.allCases.map(\.rawValue).filter { $0.hasPrefix(table + ".") }
            .map { String($0.dropFirst(table.count + 1)) }
    }
}

extension StationSettingsPatch.Member {
    var mayBeRemoved: Bool {
        switch self {
        case .retentionAge, .retentionBytes, .retentionEvents: true
        case .partitions, .duplicateIDs, .duplicateAge: false
        }
    }

    var range: ClosedRange<UInt64> {
        switch self {
        case .partitions: 1...UInt64(Bounds.partitions)
        case .retentionAge: Self.milliseconds(Retention.ageAllowed)
        case .retentionBytes: Retention.bytesAllowed
        case .retentionEvents: Retention.eventsAllowed
        case .duplicateIDs:
            UInt64(
                DuplicateReach.idsAllowed.lowerBound)...UInt64(DuplicateReach.idsAllowed.upperBound)
        case .duplicateAge: Self.milliseconds(DuplicateReach.ageAllowed)
        }
    }

    fileprivate func mustBe(_ value: JSONValue) -> Problem {
        let shown = if case .integer(let number) = value { "\(number)" } else { value.kind }
        return .badRequest(
            "'\(rawValue)' is \(shown); it must be a whole number from \(range.lowerBound) to "
                + "\(range.upperBound)" + (mayBeRemoved ? ", or null for no bound" : ""))
    }

    fileprivate func value(in settings: StationSettings) -> UInt64? {
        switch self {
        case .partitions: UInt64(settings.partitions)
        case .retentionAge: settings.retention.age?.wholeMilliseconds
        case .retentionBytes: settings.retention.bytes
        case .retentionEvents: settings.retention.events
        case .duplicateIDs: UInt64(settings.duplicates.ids)
        case .duplicateAge: settings.duplicates.age.wholeMilliseconds
        }
    }

    /// - Parameter value: inside `range`; nil only where it may be removed.
    fileprivate func set(_ value: UInt64?, in settings: inout StationSettings) {
        let number = value ?? range.lowerBound
        switch self {
        case .partitions: settings.partitions = UInt32(number)
        case .retentionAge:
            settings.retention.age = value.map { .milliseconds(Int64($0)) }
        case .retentionBytes: settings.retention.bytes = value
        case .retentionEvents: settings.retention.events = value
        case .duplicateIDs: settings.duplicates.ids = Int(number)
        case .duplicateAge: settings.duplicates.age = .milliseconds(Int64(number))
        }
    }

    private static func milliseconds(_ range: ClosedRange<Duration>) -> ClosedRange<UInt64> {
        range.lowerBound.wholeMilliseconds...range.upperBound.wholeMilliseconds
    }
}

extension Duration {
    /// Milliseconds, without a fraction of one; the duration is not negative.
    var wholeMilliseconds: UInt64 { UInt64(self / .milliseconds(1)) }
}
