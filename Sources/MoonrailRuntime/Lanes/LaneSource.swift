import MoonrailCore

/// The first of a lane's three loops: reads batches ahead of the function, and of the flush that
/// makes their events durable.
struct LaneSource: Sendable {
    let lane: LaneID
    let engine: any StationLog
    let inputs: [StationName]
    let batchEvents: Int
    /// The lane's latest; while it lasts it may read less at a time.
    let replay: LaneReplay?
    /// It reads no further; nil: there is no end.
    let limit: Position?
    /// Whether it reads events that may still be lost, as nothing comes of them but settlements.
    let readsAhead: Bool
    let output: Handoff<LaneWork>
    let retry: Retry

    /// Reads from `position` on until cancelled, or to the limit; what it gave is then still taken.
    ///
    /// - Throws: what repeating can't mend: an input that is gone, an event that can't be read.
    func run(from position: Position) async throws(EngineError) {
        defer { output.finish() }
        var position = position
        while !Task.isCancelled {
            let cursors = cursors(at: position)
            if cursors.isEmpty { return }
            let isReplaying = replay?.isUnderWay(at: position) == true
            let most = LaneReplaying.batchEvents(isReplaying ? replay : nil, most: batchEvents)
            let batch = try await retry.whileUnavailable { () async throws(EngineError) in
                try await read(cursors, events: most)
            }
            guard let batch, batch.count > 0 else {
                await wait(for: cursors)
                continue
            }
            position = batch.position(after: batch.count, from: position)
            await output.give(.batch(batch))
        }
    }

    private func wait(for cursors: [StationCursor]) async {
        if readsAhead {
            await engine.waitAhead(for: cursors)
        } else {
            await engine.wait(for: cursors)
        }
    }

    /// Where the inputs are to be read, but those that are at their limits.
    private func cursors(at position: Position) -> [StationCursor] {
        inputs.filter { input in limit.map { $0[input] > position[input] } ?? true }.map {
            StationCursor(station: $0, partition: lane.partition, offset: position[$0])
        }
    }

    /// What the inputs have, each in its turn, so that none waits for another's backlog.
    private func read(
        _ cursors: [StationCursor], events: Int
    ) async throws(EngineError) -> LaneBatch {
        let bounds = ReadBounds(
            events: max(1, events / cursors.count),
            bytes: Bounds.batchBytes / cursors.count)
        var parts: [StoredEvents] = []
        for cursor in cursors {
            var part =
                readsAhead
                ? try await engine.readAhead(cursor, bounds: bounds)
                : try await engine.read(cursor, bounds: bounds)
            if let limit { part.cut(behind: limit[cursor.station] - 1) }
            if !part.isEmpty { parts.append(part) }
        }
        return LaneBatch(parts)
    }
}
