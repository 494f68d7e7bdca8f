import MoonrailCore

/// Appends single events at a steady rate, whether or not the ones before are acknowledged.
struct SteadyProducer: Sendable {
    let engine: any StationLog
    let station: StationName
    let payload: [UInt8]
    /// Events a second.
    let rate: Int

    /// Appends as many events as the timeline has room for.
    ///
    /// - Throws: what the engine refused one with.
    func run(_ timeline: Timeline) async throws {
        let began = ContinuousClock.now
        try await withThrowingDiscardingTaskGroup { appends in
            for number in 0..<timeline.events {
                let due = began + .seconds(1) * number / rate
                if due > .now { try await ContinuousClock().sleep(until: due, tolerance: .zero) }
                appends.addTask { try await append(timeline) }
            }
        }
    }

    private func append(_ timeline: Timeline) async throws {
        var records = EventRecords()
        records.append(Event(time: .now, payload: payload))
        let began = ContinuousClock.now
        let receipts = try await engine.append(StationAppend(station: station, records: records))
        let ended = ContinuousClock.now
        guard case .stored(_, let offset) = receipts.first else { return }
        timeline.acknowledged(Int(offset), at: ended, after: ended - began)
    }
}

/// Watches a station for events as they are committed.
struct OutputObserver: Sendable {
    let engine: any StationLog
    let station: StationName

    /// Returns when as many events are there as the timeline has room for.
    ///
    /// - Throws: what the engine could not read.
    func run(_ timeline: Timeline) async throws {
        var cursor = StationCursor(
            station: station, partition: 0, offset: UInt64(timeline.first))
        while Int(cursor.offset) < timeline.first + timeline.events {
            await engine.wait(for: [cursor])
            try Task.checkCancellation()
            let now = ContinuousClock.now
            let events = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { continue }
            for offset in events.offsets { timeline.appeared(Int(offset), at: now) }
            cursor.offset = last + 1
        }
    }
}
