import MoonrailCore

/// Which invocations somebody wants to see.
package struct InvocationFilter: Hashable, Sendable {
    /// Nil for those of all functions.
    package var function: FunctionName?
    /// Empty for all.
    package var statuses: Set<Invocation.Status>
    /// The share of events that is shown, over 0 and at most 1.
    package var sample: Double

    /// - Parameter sample: over 0 and at most 1.
    package init(
        function: FunctionName? = nil, statuses: Set<Invocation.Status> = [], sample: Double = 1
    ) {
        precondition(sample > 0 && sample <= 1, "a share is over 0 and at most 1")
        self.function = function
        self.statuses = statuses
        self.sample = sample
    }

    func accepts(_ function: FunctionName) -> Bool {
        self.function.map { $0 == function } ?? true
    }

    func accepts(_ status: Invocation.Status) -> Bool {
        statuses.isEmpty || statuses.contains(status)
    }

    /// Whether the event is in the sample.
    ///
    /// A hash of where it was read decides, not chance: everybody who asks for the same share sees
    /// the same events, in every function that reads them, and a smaller share is part of a larger.
    package func samples(_ place: InputPlace, partition: UInt32) -> Bool {
        guard sample < 1 else { return true }
        var name = place.station.text
        let station = name.withUTF8 { contentHash(UnsafeRawBufferPointer($0)) }
        let position = [station, UInt64(partition).littleEndian, place.offset.littleEndian]
        let hash = position.withUnsafeBytes { contentHash($0) }
        // A double holds 53 bits exactly.
        return Double(hash >> 11) * 0x1p-53 < sample
    }
}
