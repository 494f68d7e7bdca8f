import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Synchronization
import Testing

/// Workers that share lanes through a broker.
@Suite(.timeLimit(.minutes(3)))
struct LeasesTests {
    private static let lease = Duration.seconds(3)
    private static let lanes = (0..<8).map { LaneID(function: "f", partition: $0) }

    /// A worker that runs whatever lanes it gets, and takes note of when.
    private final class Member: Sendable {
        let name: String
        let engine: JetStreamEngine
        let leases: JetStreamLeases
        private let running = Mutex<Set<LaneID>>([])
        private let tasks = Mutex<[Task<Void, Never>]>([])
        /// Lanes that run anywhere, to see whether one runs twice.
        private let anywhere: Log

        init(_ name: String, _ server: NATSServer, _ anywhere: Log) throws {
            self.name = name
            self.anywhere = anywhere
            engine = try JetStreamEngine(.test([server.url]), directory: nil)
            leases = JetStreamLeases(engine, worker: name, lease: LeasesTests.lease) { _ in }
        }

        var lanes: Set<LaneID> { running.withLock { $0 } }

        func start() {
            let keeping = Task { await leases.run() }
            let lanes = LeasesTests.lanes.map { lane in Task { await run(lane) } }
            tasks.withLock { $0 = lanes + [keeping] }
        }

        private func run(_ lane: LaneID) async {
            while let lease = await leases.own(lane) {
                running.withLock { _ = $0.insert(lane) }
                anywhere.began(lane)
                let ending = await lease.ending()
                anywhere.ended(lane)
                running.withLock { _ = $0.remove(lane) }
                await lease.release()
                if Task.isCancelled { return }
                if ending == .lost { try? await Task.sleep(for: .milliseconds(10)) }
            }
        }

        /// Stops in order: lanes first.
        func stop() async {
            let tasks = tasks.withLock { tasks in
                defer { tasks = [] }
                return tasks
            }
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
            await engine.close()
        }

        /// Loses the broker, as if the network were cut for good.
        func cut() async { await engine.close() }
    }

    /// How many workers run each lane.
    private final class Log: Sendable {
        private let counts = Mutex<[LaneID: Int]>([:])
        private let doubles = Atomic(0)

        func began(_ lane: LaneID) {
            let count = counts.withLock { counts in
                counts[lane, default: 0] += 1
                return counts[lane] ?? 0
            }
            if count > 1 { doubles.wrappingAdd(1, ordering: .relaxed) }
        }

        func ended(_ lane: LaneID) {
            counts.withLock { $0[lane, default: 0] -= 1 }
        }

        /// How often a lane began on a worker while it ran on another.
        var timesDouble: Int { doubles.load(ordering: .relaxed) }
    }

    private static func wait(
        _ what: String, within patience: Duration = .seconds(20), until isSo: () -> Bool
    ) async throws -> Duration {
        let began = ContinuousClock.now
        while !isSo() {
            try #require(ContinuousClock.now - began < patience, "\(what): it never came to be")
            try await Task.sleep(for: .milliseconds(5))
        }
        return ContinuousClock.now - began
    }

    private static func waitForSpread(_ members: [Member]) async throws {
        let (least, most) = (lanes.count / members.count, (lanes.count - 1) / members.count + 1)
        _ = try await wait("an even spread") {
            members.reduce(0) { $0 + $1.lanes.count } == lanes.count
                && members.allSatisfy { (least...most).contains($0.lanes.count) }
        }
    }

    @Test func `lanes are spread over the workers that come, and over those that are left`()
        async throws
    {
        let server = try await NATSServer()
        let log = Log()
        let members = try ["one", "two", "three"].map { try Member($0, server, log) }
        for count in 1...3 {
            members[count - 1].start()
            try await Self.waitForSpread(Array(members[..<count]))
        }
        let took = try await Self.spread(
            over: [members[1], members[2]],
            after: {
                await members[0].stop()
            })
        // At once: no lease had to run out.
        #expect(took < Self.lease / 2)
        await members[1].stop()
        try await Self.waitForSpread([members[2]])
        await members[2].stop()
        #expect(log.timesDouble == 0)
    }

    /// How long it takes from the change until lanes are spread evenly again.
    private static func spread(
        over members: [Member], after change: () async -> Void
    ) async throws -> Duration {
        await change()
        let began = ContinuousClock.now
        try await waitForSpread(members)
        return ContinuousClock.now - began
    }

    @Test func `lanes of a worker that is cut off go to others after it has left them itself`()
        async throws
    {
        let server = try await NATSServer()
        let log = Log()
        let (one, two) = (try Member("one", server, log), try Member("two", server, log))
        one.start()
        try await Self.waitForSpread([one])
        two.start()
        try await Self.waitForSpread([one, two])
        let took = try await Self.spread(over: [two], after: { await one.cut() })
        #expect(took < Self.lease * 2)
        #expect(one.lanes.isEmpty)
        #expect(log.timesDouble == 0)
        await two.stop()
        await one.stop()
    }

    @Test func `a broker that is away ends all leases, and workers go on when it is back`()
        async throws
    {
        let server = try await NATSServer()
        let log = Log()
        let (one, two) = (try Member("one", server, log), try Member("two", server, log))
        one.start()
        two.start()
        try await Self.waitForSpread([one, two])
        server.kill()
        _ = try await Self.wait("the end of all leases") {
            one.lanes.isEmpty && two.lanes.isEmpty
        }
        try await server.start()
        try await Self.waitForSpread([one, two])
        #expect(log.timesDouble == 0)
        await one.stop()
        await two.stop()
    }

    @Test func `a lane that another worker has is not to be taken, and its worker is named`()
        async throws
    {
        let server = try await NATSServer()
        let one = try Member("one", server, Log())
        one.start()
        try await Self.waitForSpread([one])
        let engine = try JetStreamEngine(.test([server.url]), directory: nil)
        let leases = JetStreamLeases(engine, worker: "command", lease: Self.lease) { _ in }
        let keeping = Task { await leases.run() }
        await #expect(throws: EngineError.laneElsewhere(Self.lanes[0], worker: "one")) {
            try await leases.take(Self.lanes[0])
        }
        #expect(leases.workerElsewhere(Self.lanes[0]) == "one")
        let free = LaneID(function: "g", partition: 0)
        let lease = try await leases.take(free)
        #expect(leases.workerElsewhere(free) == nil)
        await lease.release()
        await one.stop()
        // What a worker leaves in order is free as soon as others hear of it.
        _ = try await Self.wait("the news") { leases.workerElsewhere(Self.lanes[0]) == nil }
        let taken = try await leases.take(Self.lanes[0])
        await taken.release()
        keeping.cancel()
        await keeping.value
        await engine.close()
    }

    @Test func `whoever comes, goes or is cut off, no lane runs twice and all run in the end`()
        async throws
    {
        var random = SeededGenerator.printed()
        let server = try await NATSServer()
        let log = Log()
        var members: [Member] = []
        var gone: [Member] = []
        for number in 0..<14 {
            if members.count < 2 || (members.count < 4 && random.once(in: 2)) {
                let member = try Member("w\(number)", server, log)
                member.start()
                members.append(member)
            } else {
                let member = members.remove(at: random.number(0...members.count - 1))
                if random.once(in: 2) { await member.stop() } else { await member.cut() }
                gone.append(member)
            }
            try await Task.sleep(for: .milliseconds(random.number(0...900)))
        }
        try await Self.waitForSpread(members)
        #expect(log.timesDouble == 0)
        for member in members + gone { await member.stop() }
    }
}
