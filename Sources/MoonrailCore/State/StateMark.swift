/// What one event, or a timer that fired after it, made of the state of a key: as places in the
/// bytes of the reply that told it.
package struct StateMark: Sendable {
    /// Number of the event in the run.
    package var event: Int
    /// Number of the timer among those that fired in the run; nil: the event itself.
    package var firing: Int?
    package var key: Range<Int>
    /// Whether the key had a value before.
    package var hadValue: Bool
    /// Of the encoded value; empty: the key has none from now on.
    package var value: Range<Int>
    /// Those that the key had before.
    package var timersBefore: [StateTimer]

    package init(
        event: Int, firing: Int?, key: Range<Int>, hadValue: Bool, value: Range<Int>,
        timersBefore: [StateTimer]
    ) {
        self.event = event
        self.firing = firing
        self.key = key
        self.hadValue = hadValue
        self.value = value
        self.timersBefore = timersBefore
    }

    /// Keys that have state since then, less those that lost it: -1 to 1.
    package var keysGained: Int64 { (value.isEmpty ? 0 : 1) - (hadValue ? 1 : 0) }
}

extension RunReply {
    /// What the run changed, each as a value of its own.
    package var stateChanges: [StateChange] {
        stateMarks.map { mark in
            StateChange(
                event: mark.event, firing: mark.firing, key: Array(bytes[mark.key]),
                hadValue: mark.hadValue, value: StateValue(encoded: Array(bytes[mark.value])),
                timersBefore: mark.timersBefore)
        }
    }
}

extension StateValue {
    /// A look at a value without timers, as most are, where it lies.
    package struct Plain {
        package let version: UInt32
        package let json: UnsafeRawBufferPointer

        /// - Returns: nil when the bytes are a value with timers, or no value.
        package init?(_ encoded: UnsafeRawBufferPointer) {
            guard encoded.count > versionBytes else { return nil }
            let version = encoded.littleEndian(UInt32.self, at: 0)
            guard version & timersFlag == 0 else { return nil }
            self.version = version
            json = encoded.part(versionBytes, encoded.count - versionBytes)
        }
    }
}
