import MoonrailCore

/// Events that the function processes before anything is measured.
struct StoredHistory: Sendable {
    let engine: any StationEngine
    let input: StationName
    let output: StationName
    let events: Int

    /// Appends them, all with one payload.
    func append(_ payload: [UInt8]) async throws {
        var left = events
        while left > 0 {
            var append = StationAppend(station: input)
            for _ in 0..<min(left, Bounds.batchEvents) {
                append.records.append(Event(time: .now, payload: payload))
            }
            _ = try await engine.append(append)
            left -= append.records.count
        }
    }

    /// Waits until each has come out.
    func wait() async throws {
        try await wait(for: UInt64(events))
    }

    /// Waits until nothing is left to do, and so many events have come out.
    func wait(for events: UInt64) async throws {
        while true {
            let out = try await engine.describe(output).events
            // What a swap has kept stands still.
            let lag = try await engine.lanes().filter { !$0.lane.function.isShadow }
                .reduce(0) { $0 + $1.lag }
            if out >= events, lag == 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
