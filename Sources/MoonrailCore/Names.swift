/// The name of a station: dot-separated tokens of `[a-z0-9][a-z0-9_-]*`, 1 to 128 bytes in all.
package struct StationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Throws: `InvalidName` that says which rule the text breaks.
    package init(_ text: String) throws(InvalidName) {
        try InvalidName.check(
            text, kind: "station", bytesMaximum: Bounds.stationNameBytes)
        self.text = text
    }

    private init(trusted text: String) {
        self.text = text
    }

    /// The station that holds the dead letters of `function`.
    package static func deadLetters(of function: FunctionName) -> StationName {
        StationName(trusted: "dead." + function.text)
    }

    /// The station that holds what became of dead letters, of all functions.
    package static let letterFollowUps = StationName(trusted: "moonrail.dead-letters")

    /// The station that holds what became of functions: deployments, rollbacks, pauses.
    package static let functionChanges = StationName(trusted: "moonrail.functions")

    /// The station that holds the sources of all versions.
    package static let functionSources = StationName(trusted: "moonrail.sources")

    /// The station that says who did what.
    package static let audit = StationName(trusted: "moonrail.audit")

    /// The station that holds each change of the state of `function`, under its key.
    package static func stateChanges(of function: FunctionName) -> StationName {
        StationName(trusted: "state." + function.text)
    }

    /// The station that holds what functions logged.
    package static let logs = StationName(trusted: "moonrail.logs")

    /// What replays found that would be otherwise now.
    package static let replays = StationName(trusted: "moonrail.replays")

    /// Whether only Moonrail itself may create a station of this name.
    package var isReserved: Bool { reservedPrefix != nil }

    /// What all names that Moonrail keeps for itself as this one begin with; nil for other names.
    package var reservedPrefix: String? {
        if text.hasPrefix("moonrail.") || text == "moonrail" { return "moonrail." }
        return text.hasPrefix(FunctionName.shadowPrefix) ? FunctionName.shadowPrefix : nil
    }

    /// Where a shadow of `function` writes what the function writes to this station.
    ///
    /// - Throws: `InvalidName` when the name would be too long.
    package func shadow(of function: FunctionName) throws(InvalidName) -> StationName {
        try StationName(FunctionName.shadowPrefix + function.text + "." + text)
    }

    package var description: String { text }

    package static func < (left: StationName, right: StationName) -> Bool {
        left.text < right.text
    }
}

/// The name of a function: `[a-z0-9][a-z0-9_-]*`, tokens joined by dots, 1 to 120 bytes.
package struct FunctionName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Throws: `InvalidName` that says which rule the text breaks.
    package init(_ text: String) throws(InvalidName) {
        try InvalidName.check(
            text, kind: "function", bytesMaximum: Bounds.functionNameBytes)
        self.text = text
    }

    private init(trusted text: String) {
        self.text = text
    }

    /// What the names of shadows begin with; no function that is deployed may be called so.
    package static let shadowPrefix = "shadow."

    /// What the shadow of this function is called.
    ///
    /// - Throws: `InvalidName` when the name would be too long.
    package func shadow() throws(InvalidName) -> FunctionName {
        try FunctionName(Self.shadowPrefix + text)
    }

    package var isShadow: Bool { text.hasPrefix(Self.shadowPrefix) }

    /// What the names begin with under which the positions of consumer groups are kept.
    package static let consumerPrefix = "consumer."

    package var isConsumerGroup: Bool { text.hasPrefix(Self.consumerPrefix) }

    /// What the names of webhooks begin with.
    package static let webhookPrefix = "webhook."

    package var isWebhook: Bool { text.hasPrefix(Self.webhookPrefix) }

    /// What all names that are no functions' of the directory begin with as this one does, and
    /// whose they are; nil for other names.
    package var reserved: (prefix: String, owners: String)? {
        [
            (Self.shadowPrefix, "shadows"), (Self.consumerPrefix, "consumer groups"),
            (Self.webhookPrefix, "webhooks"),
        ].first { text.hasPrefix($0.0) }
    }

    /// The function whose shadow this is; of others the function itself.
    package var original: FunctionName {
        guard isShadow else { return self }
        return FunctionName(trusted: String(text.dropFirst(Self.shadowPrefix.count)))
    }

    package var description: String { text }

    package static func < (left: FunctionName, right: FunctionName) -> Bool {
        left.text < right.text
    }
}

/// A name that breaks the naming rules, with the sentence to show.
package struct InvalidName: Error, Equatable, CustomStringConvertible {
    package let description: String

    static func check(
        _ text: String, kind: String, bytesMaximum: Int
    ) throws(InvalidName) {
        func invalid(_ what: String) -> InvalidName {
            InvalidName(
                description: "'\(text)' is not a \(kind) name: \(what); use tokens of a-z, 0-9, "
                    + "'_' and '-', each starting with a letter or digit, joined by dots")
        }
        if text.isEmpty { throw invalid("it is empty") }
        if text.utf8.count > bytesMaximum { throw invalid("it is over \(bytesMaximum) bytes") }
        var atTokenStart = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                atTokenStart = false
            case UInt8(ascii: "_"), UInt8(ascii: "-"):
                if atTokenStart { throw invalid("a token starts with '_' or '-'") }
            case UInt8(ascii: "."):
                if atTokenStart { throw invalid("it has an empty token") }
                atTokenStart = true
            default:
                throw invalid("it holds a character that is not allowed")
            }
        }
        if atTokenStart { throw invalid("it has an empty token") }
    }
}
