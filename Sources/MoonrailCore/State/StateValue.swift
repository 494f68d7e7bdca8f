/// What a function keeps under one key, as stores and hosts have it: the version of its shape, 32
/// bits, and then JSON (`docs/formats.md`).
package struct StateValue: Hashable, Sendable {
    /// Version and JSON together.
    package let encoded: [UInt8]

    private static let versionBytes = 4

    /// Emission index of a state change in causes and ids: beyond any that a script reaches.
    package static let emission = UInt16.max - 2
    /// That of a value that a key got back when the lane was moved: the cause is then the place
    /// that it was moved to.
    package static let restoredEmission = UInt16.max - 3
    /// The header that tells the version of a value's shape, in the event of a change.
    package static let versionHeader = "moonrailstateversion"

    /// - Returns: nil when the bytes are no value.
    package init?(encoded: [UInt8]) {
        guard encoded.count > Self.versionBytes else { return nil }
        self.encoded = encoded
    }

    package init(json: [UInt8], version: UInt32 = 1) {
        var encoded: [UInt8] = []
        encoded.appendLittleEndian(version)
        self.encoded = encoded + json
    }

    /// What an event of a state station says that its key has.
    ///
    /// - Returns: nil: it has none from then on.
    package init?(change event: Event) {
        let version = event.headers.first { $0.name == Self.versionHeader }
            .flatMap { UInt32($0.value) }
        guard let version else { return nil }
        self.init(json: event.payload, version: version)
    }

    /// The `state.version` of the script that wrote it.
    package var version: UInt32 {
        encoded.withUnsafeBytes { $0.littleEndian(UInt32.self, at: 0) }
    }

    package var json: ArraySlice<UInt8> { encoded[Self.versionBytes...] }
}

/// What one event made of the state of its key.
package struct StateChange: Hashable, Sendable {
    /// Number of the event in the run.
    package var event: Int
    package var key: [UInt8]
    /// Whether the key had a value before.
    package var hadValue: Bool
    /// Nil: it has none from now on.
    package var value: StateValue?

    package init(event: Int, key: [UInt8], hadValue: Bool, value: StateValue?) {
        self.event = event
        self.key = key
        self.hadValue = hadValue
        self.value = value
    }
}
