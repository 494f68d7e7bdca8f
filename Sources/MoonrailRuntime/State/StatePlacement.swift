import MoonrailCore

/// Where a function's keys are kept: each in the partition of the key.
struct StatePlacement: Sendable {
    let lane: LaneID
    /// Of the function's inputs.
    let partitions: UInt32
    let state: StateDefinition

    /// Why this lane keeps no state under a key, if it does not: another lane does.
    func refusal(of key: [UInt8]) -> String? {
        let partition = key.withUnsafeBytes {
            Partitioner.partition(ofKey: $0, partitions: partitions)
        }
        guard partition != lane.partition else { return nil }
        let text = String(decoding: key.prefix(64), as: UTF8.self)
        return "the state of key '\(text)' is kept in partition \(partition), and this event came "
            + "in partition \(lane.partition); the key is \(state.keyText): have a function pass "
            + "the events on under that key first"
    }
}
