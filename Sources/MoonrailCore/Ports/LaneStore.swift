/// The positions and settlements of lanes. No call blocks a thread.
package protocol LaneStore: Sendable {
    /// Takes the lane over from whoever had it, at the position of its last settlement.
    ///
    /// - Parameters:
    ///   - inputs: the stations that the lane reads; one it never read begins at `start`.
    /// - Throws: `stationNotFound` when an input does not exist, `unavailable`.
    func claim(
        _ lane: LaneID, inputs: [StationName], start: LaneStart
    ) async throws(EngineError) -> LaneClaim

    /// Writes settlements of one lane, in order, as one: all of them or none. On disk (fsync) when
    /// it returns. Not to be repeated after success: the second time it is refused as `claimLost`.
    ///
    /// - Throws: `claimLost`, `inputWithdrawn`, `emissionConflicts`, `stationNotFound`, `full`,
    ///   `unavailable`; each time nothing was written. Only when the disk failed to flush is it not
    ///   known: then a repetition succeeds, whether it finds the settlements there or writes them.
    func settle(_ settlements: [Settlement]) async throws(EngineError)

    /// Gives what functions have other names, or removes it: lanes with their positions, counts,
    /// values and journals, and stations. Claims of these lanes are lost. On disk when it returns.
    /// What is renamed or exchanged is so in one transaction; removing takes several, of a bounded
    /// size each, and what is left when it is broken off is removed by a repetition.
    ///
    /// - Parameter tellings: what is appended in the same transaction; before what is removed.
    /// - Throws: as the arrangement says; `stationNotFound`, `full`, `unavailable`; each time
    ///   nothing was written, but for what was removed before.
    func arrange(
        _ arrangement: LaneArrangement, telling tellings: [StationAppend]
    ) async throws(EngineError)

    /// A lane's values of one space in the bytewise order of their keys, as its last settlement
    /// left them: those after `key` (nil: from the first), at most `limit`.
    func values(
        of lane: LaneID, in space: LaneValueSpace, after key: [UInt8]?, limit: Int
    ) async throws(EngineError) -> [LaneValue]

    /// The value under each of these keys, as the lane's last settlement left it; nil where there
    /// is none.
    func values(
        of lane: LaneID, in space: LaneValueSpace, keys: [[UInt8]]
    ) async throws(EngineError) -> [[UInt8]?]

    /// All lanes that ever were claimed, with their positions, counts and lag at one moment.
    func lanes() async throws(EngineError) -> [LaneSummary]

    /// A lane's journal from record number `first` on, at most `limit` records.
    func journal(
        of lane: LaneID, from first: UInt64, limit: Int
    ) async throws(EngineError) -> [JournalRecord]
}

extension LaneStore {
    /// Gives everything that a function's lanes have to a function of another name, and its dead
    /// letters and changes of state. To repeat it does nothing but to append `tellings` again.
    ///
    /// - Throws: `exists` when both have lanes or dead letters; as `arrange`.
    package func rename(
        _ function: FunctionName, to name: FunctionName, telling tellings: [StationAppend]
    ) async throws(EngineError) {
        try await arrange(.rename(function, to: name), telling: tellings)
    }

    /// The value under one key; nil when there is none.
    package func value(
        of lane: LaneID, in space: LaneValueSpace, key: [UInt8]
    ) async throws(EngineError) -> [UInt8]? {
        try await values(of: lane, in: space, keys: [key])[0]
    }
}
