import Synchronization

/// Gives every produce request the next number, so that events without a key spread evenly.
final class PartitionTurns: Sendable {
    private let last = Atomic<UInt32>(0)

    func next() -> UInt32 {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
