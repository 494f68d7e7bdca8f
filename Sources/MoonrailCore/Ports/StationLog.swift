/// The events of stations. No call blocks a thread.
package protocol StationLog: Sendable {
    /// Appends events in order; on disk (fsync) when it returns. Events that are refused leave the
    /// others in place. Repeating it with the same ids inside the window stores nothing twice; a
    /// cancelled caller's events are written all the same.
    ///
    /// - Returns: one receipt for each event, in order.
    /// - Throws: `stationNotFound`; `full` or `unavailable`, and then nothing was written. Only
    ///   when the disk failed to flush is it not known: then the events are there as a whole or
    ///   not at all as soon as writing goes on, and a repetition with the same ids stores nothing
    ///   twice.
    func append(_ append: StationAppend) async throws(EngineError) -> [AppendReceipt]

    /// The events from `cursor` on that are there now, at most `bounds`; empty when there are none.
    /// An offset that retention has removed reads from the earliest one held. May be repeated.
    ///
    /// - Throws: `stationNotFound`, `partitionNotFound`, `corrupt`, `unavailable`.
    func read(_ cursor: StationCursor, bounds: ReadBounds) async throws(EngineError) -> StoredEvents

    /// The events of one key from `cursor` on, in the key's own partition, at most `bounds`; when
    /// none is left, none. Goes on after the last offset it gave. May be repeated.
    ///
    /// - Parameter key: its partition is what the key's hash says; the cursor's must be that one.
    /// - Throws: as `read`.
    func read(
        key: [UInt8], from cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents

    /// Waits until at least one of the cursors has an event, or the task is cancelled.
    func wait(for cursors: [StationCursor]) async

    /// As `read`, for a lane to run ahead with: where an engine can, also events that
    /// are written and not yet flushed, and may still be lost. Nothing may come of them but the
    /// lane's settlements; `LaneStore.settle` refuses those when the events were lost.
    ///
    /// - Throws: as `read`.
    func readAhead(
        _ cursor: StationCursor, bounds: ReadBounds
    ) async throws(EngineError) -> StoredEvents

    /// Waits until `readAhead` has an event for at least one of the cursors, or the task is
    /// cancelled.
    func waitAhead(for cursors: [StationCursor]) async

    /// The offset of the first event of a partition that was appended at `time` or later; the
    /// partition's next offset when there is none.
    ///
    /// - Throws: `stationNotFound`, `partitionNotFound`, `unavailable`.
    func seek(
        _ station: StationName, partition: UInt32, to time: EventTime
    ) async throws(EngineError) -> UInt64

    /// When the event at this offset was appended; nil when none is held there. Never decreases
    /// along a partition. For what a settlement appends its journal record says it.
    ///
    /// - Throws: `stationNotFound`, `partitionNotFound`, `corrupt`, `unavailable`.
    func appendedAt(_ place: StationCursor) async throws(EngineError) -> EventTime?
}
