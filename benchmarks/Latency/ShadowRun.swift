import MoonrailCore
import MoonrailRuntime

/// Has a shadow of the function go over history while it is measured, and puts it in place beside
/// live events.
struct ShadowRun: Sendable {
    let engine: any StationEngine
    let deployments: any DeploymentOperators
    let past: StoredHistory
    /// Events a second at most.
    let rate: UInt32?

    private static let asker = Asker(name: "benchmark")
    /// Seconds of live events around the swap.
    private static let secondsAround = 3

    private func function() throws -> FunctionName { try FunctionName("celsius") }

    func begin() async throws {
        _ = try await deployments.perform(
            .reset(ResetWish(to: .earliest, outputs: .shadow, eventsPerSecond: rate)),
            on: try function(), for: Self.asker)
    }

    /// Waits until the shadow has caught up, swaps it while events come, and looks at what its
    /// reader got.
    ///
    /// - Returns: one line of JSON.
    func finish(_ producer: SteadyProducer) async throws -> String {
        let left = try await left()
        let clock = ContinuousClock()
        let began = clock.now
        while try await self.left() > 0 { try await clock.sleep(for: .milliseconds(5)) }
        let rest = (clock.now - began) / .seconds(1)
        let produced = try await engine.describe(producer.station).events
        let around = Timeline(
            events: producer.rate * Self.secondsAround, after: Int(clamping: produced))
        async let producing: Void = producer.run(around)
        try await clock.sleep(for: .seconds(1))
        let asked = clock.now
        _ = try await deployments.perform(.swapShadow, on: try function(), for: Self.asker)
        let swapping = (clock.now - asked) / .milliseconds(1)
        try await producing
        let all = try await engine.describe(producer.station).events
        try await past.wait(for: all)
        let seen = try await seen()
        return """
            {"shadow":{"left":\(left),"rest_seconds":\(rest),"swap_ms":\(swapping),\
            "lost":\(Int(all) - seen.different),"repeated":\(seen.all - seen.different)}}
            """
    }

    /// Events of history that the shadow has not run yet.
    private func left() async throws -> UInt64 {
        let lane = LaneID(function: try function().shadow(), partition: 0)
        let replay = try await engine.value(of: lane, in: .replay, key: [])
            .flatMap { LaneReplay(encoded: $0) }
        guard let replay, let summary = try await engine.lanes().first(where: { $0.lane == lane })
        else { return 0 }
        return replay.eventsLeft(at: summary.position)
    }

    /// What the reader of the outputs emitted, by the events of the input that started it.
    private func seen() async throws -> (all: Int, different: Int) {
        var cursor = StationCursor(
            station: try StationName("seen"), partition: 0, offset: 0)
        var chains: Set<EventID> = []
        var all = 0
        while true {
            let events = try await engine.read(cursor, bounds: ReadBounds())
            guard let last = events.offsets.last else { return (all, chains.count) }
            for number in 0..<events.count {
                all += 1
                if let chain = events.cause(number)?.correlationID { chains.insert(chain) }
            }
            cursor.offset = last + 1
        }
    }
}
