import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Synchronization
import Testing

/// Several workers of one broker in one process, each with a connection of its own.
@Suite(.timeLimit(.minutes(2)))
struct LeaseTests {
    private static let lanes = (0..<9).map { LaneID(function: "f", partition: $0) }

    @Test func `lanes are spread evenly, and move when a worker comes, stops or dies`()
        async throws
    {
        let server = try await NATSServer()
        let first = try Member("first", server)
        let second = try Member("second", server)
        first.start(Self.lanes)
        try await until { first.lanes.count == 9 }

        second.start(Self.lanes)
        try await until {
            (4...5).contains(first.lanes.count) && (4...5).contains(second.lanes.count)
        }
        let third = try Member("third", server)
        third.start(Self.lanes)
        try await until { [first, second, third].allSatisfy { $0.lanes.count == 3 } }
        let ofFirst = first.lanes
        #expect(third.leases.workerElsewhere(try #require(ofFirst.first)) == "first")

        // One that stops says so.
        let stopping = ContinuousClock.now
        await second.stop()
        try await until { first.lanes.count + third.lanes.count == 9 }
        #expect(ContinuousClock.now - stopping < .seconds(1))
        #expect(ofFirst.isSubset(of: first.lanes), "nothing moves that need not")

        // One that dies is missed after the lease time, and knows by then that it has nothing.
        await third.cut()
        try await until { first.lanes.count == 9 }
        #expect(third.lanes.isEmpty)
        await first.stop()
    }

    @Test func `a lane that somebody has is not taken out of turn, and one that nobody has is`()
        async throws
    {
        let server = try await NATSServer()
        let first = try Member("first", server)
        let second = try Member("second", server)
        first.start([Self.lanes[0]])
        second.start([])
        try await until {
            first.lanes.count == 1 && second.leases.workerElsewhere(Self.lanes[0]) != nil
        }
        await #expect(throws: EngineError.laneElsewhere(Self.lanes[0], worker: "first")) {
            _ = try await second.leases.take(Self.lanes[0])
        }
        let lease = try await second.leases.take(Self.lanes[1])
        await #expect(throws: EngineError.laneElsewhere(Self.lanes[1], worker: "second")) {
            try await untilItThrows { try await first.leases.take(Self.lanes[1]).release() }
        }
        await lease.release()
        try await untilItWorks { try await first.leases.take(Self.lanes[1]).release() }
        await first.stop()
        await second.stop()
    }

    private func until(
        _ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<1_000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it does not come to be", sourceLocation: sourceLocation)
    }

    private func untilItThrows(_ body: () async throws -> Void) async throws {
        for _ in 0..<200 {
            try await body()
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// A worker that runs nothing, but takes the lanes that it is to run.
private final class Member: Sendable {
    let leases: JetStreamLeases
    private let engine: JetStreamEngine
    private let held = Mutex<Set<LaneID>>([])
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(_ name: String, _ server: NATSServer) throws {
        var settings = BrokerSettings.test([server.url])
        settings.name = name
        engine = try JetStreamEngine(settings, directory: nil)
        leases = JetStreamLeases(of: engine, leaseTime: .seconds(1))
    }

    var lanes: Set<LaneID> { held.withLock { $0 } }

    func start(_ lanes: [LaneID]) {
        let tasks =
            [Task { await leases.run() }]
            + lanes.map { lane in
                Task {
                    while let lease = await leases.own(lane) {
                        held.withLock { _ = $0.insert(lane) }
                        _ = await lease.ending()
                        held.withLock { _ = $0.remove(lane) }
                        await lease.release()
                    }
                }
            }
        self.tasks.withLock { $0 = tasks }
    }

    func stop() async {
        for task in tasks.withLock({ Array($0.reversed()) }) {
            task.cancel()
            await task.value
        }
        await engine.close()
    }

    /// Loses its connection.
    func cut() async {
        await engine.close()
    }
}
