import MoonrailCore

/// How far a lane's event time had come at a place of its history.
struct WatermarkSearch: Sendable {
    let lane: LaneID
    let history: LaneHistory
    /// The function's now; between two settlements only it counts.
    let lateness: Duration
    let engine: any StationLog

    /// Before the events at `position`.
    ///
    /// - Throws: `ResetRefused` when it is not on record, `EngineError`.
    func reached(at position: Position) async throws -> EventTime? {
        if position.isBeginning { return nil }
        guard let (station, offset) = position.offsets.first, position.offsets.count == 1,
            let known = history.reached(before: offset, of: station)
        else {
            throw ResetRefused(
                "function '\(lane.function)' has timers, and how far event time had come at "
                    + "\(LaneMoves.text(position)) is not on record; begin at offset 0")
        }
        var watermark = Watermark(lateness: lateness, reached: known.time)
        var cursor = StationCursor(
            station: station, partition: lane.partition, offset: known.events.lowerBound)
        while cursor.offset < known.events.upperBound {
            let events = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { break }
            for (number, offset) in events.offsets.enumerated()
            where offset < known.events.upperBound {
                let place = InputPlace(station: station, offset: offset)
                guard history.verdicts[place] == nil else { continue }
                watermark.take(
                    .done(emissions: 0..<0), at: events.records.withRecord(number, \.time))
            }
            cursor.offset = last + 1
        }
        guard let reached = watermark.reached, let most = known.most else { return known.time }
        return min(reached, most)
    }
}
