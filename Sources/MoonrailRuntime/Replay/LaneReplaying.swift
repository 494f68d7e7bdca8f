import MoonrailCore

/// A lane's part in a replay: how fast it may run, and what of its outputs is there already.
struct LaneReplaying: Sendable {
    private let replay: LaneReplay
    private let scan: OutputScan
    private let clock = ContinuousClock()
    /// What was looked up lies before this position.
    private var lookedUp = Position()
    private var began: ContinuousClock.Instant?
    private var events: UInt64 = 0

    /// - Parameter ticks: those that are still to be repeated.
    /// - Returns: nil when the lane was never moved, or has come past all that runs again.
    init?(
        _ builder: SettlementBuilder, of function: DeployableFunction, lane: LaneID,
        at position: Position, ticks: [LaneHistory.Tick], engine: any StationEngine
    ) {
        guard let replay = builder.replay, replay.isUnderWay(at: position) || !ticks.isEmpty else {
            return nil
        }
        self.replay = replay
        scan = OutputScan(
            lane: lane,
            stations: function.definition.to + [.deadLetters(of: function.name)],
            generations: builder.generations ?? Generations(),
            hasTimers: function.definition.timers != nil, engine: engine)
    }

    /// Whether nothing of it is left for a lane at `position`.
    func isOver(at position: Position) -> Bool { !replay.isUnderWay(at: position) }

    /// So many events are read at a time while it lasts: a tenth of a second's.
    static func batchEvents(_ replay: LaneReplay?, most: Int) -> Int {
        guard let rate = replay?.eventsPerSecond else { return most }
        return max(1, min(most, Int(rate) / 10))
    }

    /// What a batch has to be compared with; nil where everything is appended.
    ///
    /// - Parameters:
    ///   - batch: nil: ticks in front of all batches.
    ///   - position: where the lane stands before it.
    ///   - current: what was looked up before.
    /// - Throws: as `StationLog.read`.
    mutating func fill(
        for batch: LaneBatch?, at position: Position, _ current: OutputFill?
    ) async throws(EngineError) -> OutputFill? {
        guard replay.outputs == .fill else { return nil }
        let isKnown = (batch?.parts ?? []).allSatisfy { part in
            min(part.offsets.last ?? 0, replay.end[part.station])
                < lookedUp.offsets[part.station, default: 0]
                || (part.offsets.first ?? 0) >= replay.end[part.station]
        }
        if isKnown, let current { return current }
        let end = Position(
            position.offsets.reduce(into: [:]) { ends, input in
                ends[input.key] = min(input.value + OutputScan.slice, replay.end[input.key])
            })
        lookedUp = end
        var first = position
        // Ticks have the event in front of them as their cause.
        if scan.hasTimers {
            for (station, offset) in first.offsets where offset > 0 { first[station] = offset - 1 }
        }
        return OutputFill(
            try await scan.outputs(from: first, to: end), in: scan.stations, end: replay.end)
    }

    /// Waits for as long as the rate asks for, or until the task is cancelled.
    mutating func pace(_ count: Int) async {
        guard let rate = replay.eventsPerSecond else { return }
        let began = began ?? clock.now
        self.began = began
        let due = began + .seconds(Double(events) / Double(rate))
        events += UInt64(count)
        try? await clock.sleep(until: due)
    }
}
