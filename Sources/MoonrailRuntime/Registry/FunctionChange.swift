import FoundationEssentials
import MoonrailCore

/// One step in the life of a function: an event of `moonrail.functions`, whose key is its name.
package struct FunctionChange: Codable, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// A version from the directory runs from now on.
        case deployed
        /// An earlier version runs until the file changes.
        case rolledBack = "rolled-back"
        /// Its file is gone.
        case removed
        /// Nothing of it runs until it is resumed.
        case paused
        case resumed
        /// What another name had is this one's now.
        case renamed
        /// A shadow goes over history beside it.
        case shadowed
        /// It and its shadow have exchanged what they had.
        case swapped
        /// Nothing of its shadow is left.
        case shadowDropped = "shadow-dropped"
    }

    package var function: String
    package var change: Kind
    /// What runs, or would run; nil where that does not change.
    package var version: RecordedVersion?
    /// Of a rollback: what the files were that it was chosen instead of. Of a rename while one is
    /// in force: what they are now.
    package var insteadOf: String?
    /// Of a rename: the name before.
    package var before: String?
    /// Of a shadow: that of its lanes.
    package var generation: UInt32?
    package var because: String?
    package var by: String
    /// From where they asked; nil for what the process that wrote it did by itself.
    package var from: String?
    /// RFC 3339.
    package var time: String

    enum CodingKeys: String, CodingKey {
        case function, change, version, before, generation, because, by, from, time
        case insteadOf = "instead_of"
    }

    init(
        _ change: Kind, _ function: FunctionName, version: RecordedVersion? = nil,
        insteadOf: String? = nil, before: FunctionName? = nil, generation: UInt32? = nil,
        because: String? = nil, by asker: Asker, at time: EventTime
    ) {
        self.function = function.text
        self.change = change
        self.version = version
        self.insteadOf = insteadOf
        self.before = before?.text
        self.generation = generation
        self.because = because
        by = asker.name
        from = asker.from
        self.time = time.description
    }

    private static let typePrefix = "moonrail.function."

    /// The event that tells it.
    func event(at time: EventTime) -> Event {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts, whole numbers, and inputs that were read as JSON can always be written.
        let payload = (try? encoder.encode(self)).map(Array.init) ?? []
        return Event(
            key: Array(function.utf8), time: time, type: Self.typePrefix + change.rawValue,
            payload: payload)
    }

    /// - Returns: nil for an event that tells no change.
    init?(_ event: Event) {
        guard event.type?.hasPrefix(Self.typePrefix) == true,
            let change = try? JSONDecoder().decode(Self.self, from: Data(event.payload))
        else { return nil }
        self = change
    }
}

/// What the registry knows of one function: its changes, one laid over the other. A pure value.
package struct FunctionRecord: Hashable, Sendable {
    /// The version that runs, or ran last.
    package private(set) var current: RecordedVersion?
    /// The rollback that is in force.
    package private(set) var rollback: FunctionChange?
    /// The pause that is in force.
    package private(set) var pause: FunctionChange?
    package private(set) var isRemoved = false
    package private(set) var shadow: Shadow?
    /// The latest that a shadow ever had.
    package private(set) var shadowGeneration: UInt32 = 0

    /// What goes over history beside the function, or what a swap left of it.
    package struct Shadow: Hashable, Sendable {
        package var version: RecordedVersion
        /// Whether it is what the function had before a swap: it stands still.
        package var isKept = false
    }

    package init() {}

    package mutating func take(_ change: FunctionChange) {
        if let version = change.version, change.change != .shadowed { current = version }
        switch change.change {
        case .deployed:
            rollback = nil
            isRemoved = false
        case .renamed:
            // What was chosen stays chosen; the files are what they were, but for their names.
            if let files = change.insteadOf { rollback?.insteadOf = files }
            isRemoved = false
        case .rolledBack:
            rollback = change
            isRemoved = false
        case .removed: isRemoved = true
        case .paused: pause = change
        case .resumed: pause = nil
        case .shadowed:
            shadow = change.version.map { Shadow(version: $0) }
            shadowGeneration = max(shadowGeneration, change.generation ?? 0)
        case .swapped: shadow?.isKept = true
        case .shadowDropped: shadow = nil
        }
    }
}
