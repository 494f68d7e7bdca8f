/// What a function keeps under one key, as stores and hosts have it: the version of its shape, the
/// timers that wait under the key, and JSON (`docs/formats.md`).
package struct StateValue: Hashable, Sendable {
    /// All of it, as it is stored.
    package let encoded: [UInt8]
    /// In bytewise order of their names.
    package let timers: [StateTimer]
    private let jsonStart: Int

    static let versionBytes = 4
    /// Of the version: timers follow it.
    static let timersFlag: UInt32 = 1 << 31

    /// Emission index of a state change in causes and ids: beyond any that a script reaches.
    package static let emission = UInt16.max - 2
    /// That of a value that a key got back when the lane was moved: the cause is then the place
    /// that it was moved to.
    package static let restoredEmission = UInt16.max - 3
    /// The header that tells the version of a value's shape, in the event of a change.
    package static let versionHeader = "moonrailstateversion"
    /// The header that tells the timers of the key, in the event of a change.
    package static let timersHeader = "moonrailstatetimers"

    /// - Returns: nil when the bytes are no value.
    package init?(encoded: [UInt8]) {
        guard encoded.count > Self.versionBytes else { return nil }
        let parts = encoded.withUnsafeBytes { bytes -> ([StateTimer], Int)? in
            guard bytes.littleEndian(UInt32.self, at: 0) & Self.timersFlag != 0 else {
                return ([], Self.versionBytes)
            }
            var reader = ByteReader(bytes)
            guard (try? reader.skip(Self.versionBytes)) != nil,
                let timers = try? [StateTimer](&reader), !timers.isEmpty
            else { return nil }
            return (timers, reader.index)
        }
        guard let (timers, jsonStart) = parts else { return nil }
        self.encoded = encoded
        self.timers = timers
        self.jsonStart = jsonStart
    }

    /// - Parameters:
    ///   - json: empty where the key has timers only.
    ///   - timers: at most `StateTimer.perKey`, each name once.
    package init(json: [UInt8], version: UInt32 = 1, timers: [StateTimer] = []) {
        precondition(!json.isEmpty || !timers.isEmpty, "a value is state or timers")
        self.timers = timers.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        var encoded: [UInt8] = []
        encoded.appendLittleEndian(timers.isEmpty ? version : version | Self.timersFlag)
        if !timers.isEmpty { self.timers.append(to: &encoded) }
        jsonStart = encoded.count
        self.encoded = encoded + json
    }

    /// The `state.version` of the script that wrote it.
    package var version: UInt32 {
        encoded.withUnsafeBytes { $0.littleEndian(UInt32.self, at: 0) & ~Self.timersFlag }
    }

    /// The state; empty where the key has timers only.
    package var json: ArraySlice<UInt8> { encoded[jsonStart...] }
}

/// What one event, or a timer that fired after it, made of the state of a key.
package struct StateChange: Hashable, Sendable {
    /// Number of the event in the run.
    package var event: Int
    /// Number of the timer among those that fired in the run; nil: the event itself.
    package var firing: Int?
    package var key: [UInt8]
    /// Whether the key had a value before.
    package var hadValue: Bool
    /// Nil: it has none from now on.
    package var value: StateValue?
    /// Those that the key had before.
    package var timersBefore: [StateTimer]

    package init(
        event: Int, firing: Int? = nil, key: [UInt8], hadValue: Bool, value: StateValue?,
        timersBefore: [StateTimer] = []
    ) {
        self.event = event
        self.firing = firing
        self.key = key
        self.hadValue = hadValue
        self.value = value
        self.timersBefore = timersBefore
    }
}
