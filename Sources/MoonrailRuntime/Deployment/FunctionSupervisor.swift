import CoreMetrics
import Logging
import MoonrailCore
import Synchronization

/// Runs the lanes of one function: one version after another, and never two at once.
///
/// Another version begins when the lanes of the one before have settled what their hosts worked on
/// and have ended; it goes on where they stood. Whoever asks for it does not wait.
final class FunctionSupervisor: Sendable {
    /// What a function's lanes need besides the function.
    struct Surroundings: Sendable {
        let engine: any StationEngine
        let ownership: any LaneOwnership
        let hosts: any FunctionHostStarter
        let idleHosts: IdleHosts
        let board: FunctionBoard
        let feed: InvocationFeed
        /// Makes what lanes are measured with.
        let metrics: any MetricsFactory
        let now: @Sendable () -> EventTime
        let clock: any Clock<Duration>
        let logger: Logger
        /// Called with what becomes of functions.
        let tell: @Sendable (FunctionNews) -> Void
        /// Called when a lane pauses by itself.
        let paused: @Sendable (DeployableFunction, LanePause) -> Void
    }

    /// What is to be so from now on.
    enum Wish: Sendable {
        /// This version runs, in so many lanes.
        case run(DeployableFunction, lanes: UInt32)
        /// This version runs until each of its lanes has come to its limit; then nothing does. The
        /// continuation ends when the lanes have ended.
        case catchUp(DeployableFunction, to: [UInt32: Position], AsyncStream<Never>.Continuation)
        /// Nothing runs, and the board shows this; nil: nothing. The continuation ends when the
        /// lanes have ended.
        case rest(FunctionStatus?, AsyncStream<Never>.Continuation?)
    }

    private struct State {
        var wish: Wish?
        /// Ends what runs now.
        var stop = StopRequest()
        var isFinished = false
    }

    private let name: FunctionName
    private let surroundings: Surroundings
    private let state = Mutex(State())
    private let wishes: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(_ name: FunctionName, in surroundings: Surroundings) {
        self.name = name
        self.surroundings = surroundings
        (wishes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for something else than before. A wish that was not fulfilled yet is forgotten.
    func want(_ wish: Wish) {
        let (stop, forgotten) = state.withLock { state in
            defer { state.wish = wish }
            return (state.stop, state.wish)
        }
        switch forgotten {
        case .rest(_, let ended)?: ended?.finish()
        case .catchUp(_, _, let ended)?: ended.finish()
        case .run?, nil: break
        }
        stop.make()
        signal.yield()
    }

    /// Ends what runs, for good.
    func finish() {
        let stop = state.withLock { state in
            state.isFinished = true
            return state.stop
        }
        stop.make()
        signal.finish()
    }

    /// Fulfils one wish after another until `finish`.
    func run() async {
        for await _ in wishes {
            while let (wish, stop) = next() {
                switch wish {
                case .run(let function, let lanes):
                    await run((0..<lanes).map { lane($0, of: function, stop) }, of: function)
                case .catchUp(let function, let limits, let ended):
                    let lanes = limits.sorted { $0.key < $1.key }.map { partition, limit in
                        lane(partition, of: function, stop, limit: limit)
                    }
                    await run(lanes, of: function)
                    ended.finish()
                case .rest(let status, let ended):
                    surroundings.board.rest(name, showing: status)
                    ended?.finish()
                }
            }
        }
    }

    private func next() -> (Wish, StopRequest)? {
        state.withLock { state in
            guard !state.isFinished, let wish = state.wish.take() else { return nil }
            state.stop = StopRequest()
            return (wish, state.stop)
        }
    }

    private func run(_ lanes: [Lane], of function: DeployableFunction) async {
        surroundings.board.show(function.status(.running), lanes: lanes.map(\.id))
        surroundings.tell(.live(function))
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { await self.run(lane) } }
        }
    }

    private func lane(
        _ partition: UInt32, of function: DeployableFunction, _ stop: StopRequest,
        limit: Position? = nil
    ) -> Lane {
        let board = surroundings.board
        let id = LaneID(function: name, partition: partition)
        return Lane(
            id: id, function: function, engine: surroundings.engine, hosts: surroundings.hosts,
            idleHosts: surroundings.idleHosts,
            retry: Retry(clock: ContinuousClock(), logger: surroundings.logger), stop: stop,
            limit: limit, now: surroundings.now, clock: surroundings.clock,
            logger: surroundings.logger, feed: surroundings.feed,
            measurements: LaneMeasurements(
                of: id, log: surroundings.engine, factory: surroundings.metrics,
                now: surroundings.now),
            hostDied: { [name] in board.hostDied(of: name) }, moved: { board.moved(id) },
            takesRequests: { board.takesRequests(id, $0) })
    }

    /// Runs the lane whenever it is this worker's, until it is asked to stop.
    private func run(_ lane: Lane) async {
        let leased = LeasedLane(
            lane: lane, ownership: surroundings.ownership, board: surroundings.board)
        do {
            try await leased.run { (lane) throws(EngineError) in
                try await self.runThroughPauses(lane)
            }
        } catch {
            let why = "lane \(lane.id) stopped: \(error)"
            surroundings.logger.error("\(name): \(why)")
            surroundings.board.show(lane.function.status(.failed(why)))
        }
    }

    /// Runs the lane until it is asked to stop, through as many pauses as it takes.
    private func runThroughPauses(_ lane: Lane) async throws(EngineError) {
        let (board, logger) = (surroundings.board, surroundings.logger)
        var resumes = false
        while let pause = try await lane.run(resumes: resumes) {
            surroundings.tell(.paused(lane.id, pause))
            surroundings.paused(lane.function, pause)
            resumes = await lane.stop.cancelling { await board.pause(lane.id, pause) }
            guard resumes else { return }
            logger.info("lane \(lane.id) is resumed")
        }
    }
}
