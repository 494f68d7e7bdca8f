import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Two workers on one engine that share the lanes of a function.
@Suite struct SharedLanesTests {
    private static let partitions: UInt32 = 4
    private static let lanes = (0..<partitions).map { LaneID(function: "f", partition: $0) }

    /// Counts the events of each key, so that what ran twice or was lost would show.
    private static let counting = """
        return { from = "a", to = "b", state = { key = "k", initial = { n = 0 } },
          handler = function(event, context)
            context.state.n = context.state.n + 1
            return { k = event.data.k, n = context.state.n }
          end }
        """

    private static func payload(_ key: Int) -> String { #"{"k":"key\#(key)"}"# }

    /// A line whose station `a` has several partitions, with two workers of a fleet beside it.
    private static func withTwoWorkers(
        _ script: String, _ body: (TestLine, TestFleet, Worker, Worker) async throws -> Void
    ) async throws {
        try await TestLine.with(["f": script]) { line in
            // Before a worker makes them as it likes.
            for station: StationName in ["a", "b"] {
                try await line.engine.open(
                    station, settings: StationSettings(partitions: partitions))
            }
            let fleet = TestFleet()
            try await line.whileRunning(line.worker(ownership: fleet.worker("one"))) { one in
                try await wait { lanes.allSatisfy { fleet.holder(of: $0) == "one" } }
                try await line.whileRunning(line.worker(ownership: fleet.worker("two"))) { two in
                    try await body(line, fleet, one, two)
                }
            }
        }
    }

    /// Waits until it is so.
    private static func wait(_ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !isSo() {
            try #require(ContinuousClock.now < deadline, "it never came to be")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private static func produce(_ keys: [Int], to line: TestLine) async throws {
        try await line.produce("a", keyed: keys.map { ("key\($0)", payload($0)) })
    }

    /// What station `b` holds is each key's count from one on, in order.
    private static func expectEachCounted(
        _ counts: [Int: Int], _ line: TestLine
    ) async throws {
        for partition in 0..<partitions {
            var seen: [String: Int] = [:]
            for event in try await line.events("b", partition: partition) {
                let key = String(decoding: event.key ?? [], as: UTF8.self)
                seen[key, default: 0] += 1
                let text = String(decoding: event.payload, as: UTF8.self)
                #expect(text == #"{"k":"\#(key)","n":\#(seen[key] ?? 0)}"#)
            }
            for (key, count) in seen { #expect(counts[Int(key.dropFirst(3)) ?? -1] == count) }
        }
    }

    @Test func `lanes that move between workers lose nothing and count nothing twice`()
        async throws
    {
        var random = SeededGenerator.printed()
        try await Self.withTwoWorkers(Self.counting) { line, fleet, _, _ in
            var counts: [Int: Int] = [:]
            var total: UInt64 = 0
            for round in 0..<60 {
                let keys = (0..<random.number(1...200)).map { _ in random.number(0...19) }
                for key in keys { counts[key, default: 0] += 1 }
                total += UInt64(keys.count)
                try await Self.produce(keys, to: line)
                let lane = Self.lanes[random.number(0...3)]
                let worker = fleet.holder(of: lane) == "one" ? "two" : "one"
                if round.isMultiple(of: 3) {
                    fleet.tear(lane, to: worker)
                } else {
                    fleet.move(lane, to: worker)
                }
                if round.isMultiple(of: 4) { try await Task.sleep(for: .milliseconds(20)) }
            }
            try await line.waitForPayloads("b", count: total)
            #expect(try await line.counts("f").processed == total)
            #expect(try await line.engine.describe("b").events == total)
            try await Self.expectEachCounted(counts, line)
        }
    }

    @Test func `a lane that is to run elsewhere leaves while it works, and goes on there`()
        async throws
    {
        try await Self.withTwoWorkers(Self.counting) { line, fleet, _, _ in
            try await Self.produce((0..<20_000).map { $0 % 20 }, to: line)
            let began = ContinuousClock.now
            for lane in Self.lanes { fleet.move(lane, to: "two") }
            try await Self.wait { Self.lanes.allSatisfy { fleet.holder(of: $0) == "two" } }
            #expect(ContinuousClock.now - began < .seconds(5))
            try await line.waitForPayloads("b", count: 20_000)
            #expect(try await line.counts("f").processed == 20_000)
        }
    }

    @Test func `a worker that has nothing takes over from one that stops`() async throws {
        try await TestLine.with(["f": Self.counting]) { line in
            try await line.engine.open("a", settings: StationSettings(partitions: Self.partitions))
            let fleet = TestFleet()
            let (first, second) = (fleet.worker("one"), fleet.worker("two"))
            try await line.whileRunning(line.worker(ownership: first)) { _ in
                try await Self.wait { Self.lanes.allSatisfy { fleet.holder(of: $0) == "one" } }
                try await Self.produce([1, 2, 3], to: line)
                try await line.waitForPayloads("b", count: 3)
            }
            try await line.whileRunning(line.worker(ownership: second)) { worker in
                try await Self.wait { Self.lanes.allSatisfy { fleet.holder(of: $0) == "two" } }
                try await Self.produce([1, 2, 3], to: line)
                try await line.waitForPayloads("b", count: 6)
                #expect(await worker.overview.lack() == nil)
            }
        }
    }

    @Test func `each worker shows which lanes run here and who runs the others`() async throws {
        try await Self.withTwoWorkers(Self.counting) { _, fleet, one, two in
            fleet.move(Self.lanes[3], to: "two")
            try await Self.wait {
                let here = await one.overview.functions().first
                let there = await two.overview.functions().first
                return here?.elsewhere == [3: "two"] && here?.state == .running
                    && there?.elsewhere == [0: "one", 1: "one", 2: "one"]
                    && here?.sinceProgress.count == 3 && there?.sinceProgress.count == 1
            }
            try await Self.wait { await two.overview.lack() == nil }
        }
    }

    @Test func `a lane whose claim another took is claimed again`() async throws {
        try await Self.withTwoWorkers(Self.counting) { line, _, _, _ in
            try await Self.produce([7], to: line)
            try await line.waitForPayloads("b", count: 1)
            for lane in Self.lanes {
                _ = try await line.engine.claim(lane, inputs: ["a"], start: .earliest)
            }
            try await Self.produce([7, 7], to: line)
            try await line.waitForPayloads("b", count: 3)
            #expect(try await line.counts("f").processed == 3)
        }
    }

    @Test func `what needs a lane that runs elsewhere is refused with the worker's name`()
        async throws
    {
        let rejecting = """
            return { from = "a", to = "b", handler = function(event, context)
              return context.reject("never")
            end }
            """
        try await Self.withTwoWorkers(rejecting) { line, fleet, one, two in
            try await Self.produce(Array(0..<20), to: line)
            try await Self.wait { try await line.counts("f").deadLetters == 20 }
            fleet.move(Self.lanes[1], to: "two")
            try await Self.wait {
                let isMoved = fleet.holder(of: Self.lanes[1]) == "two"
                let lack = await two.overview.lack()
                return isMoved && lack == nil
            }
            let elsewhere = EngineError.laneElsewhere(Self.lanes[1], worker: "two")
            #expect(elsewhere.description == "lane f/1 runs on worker 'two'; ask that one")
            let asker = Asker(name: "test")
            for command: DeploymentCommand in [
                .reset(ResetWish(to: .earliest, outputs: .append)), .rollBack(version: nil),
                .rename(to: "g"), .swapShadow, .resume,
            ] {
                await #expect(throws: elsewhere) {
                    try await one.deployments.perform(command, on: "f", for: asker)
                }
            }
            let letters = DeadLetters(engine: line.engine, operators: one.operators)
            let skip = LetterWish(.skip(because: "test"), .all)
            await #expect(throws: elsewhere) { try await letters.fulfil(skip, of: "f") }
            // What runs here was done; the rest is done where it runs.
            let others = DeadLetters(engine: line.engine, operators: two.operators)
            await #expect(throws: EngineError.self) { try await others.fulfil(skip, of: "f") }
            #expect(try await line.counts("f").skipped == 20)
        }
    }

    @Test func `a pause that one worker is asked for holds for all, and so does its end`()
        async throws
    {
        try await Self.withTwoWorkers(Self.counting) { line, fleet, one, two in
            for lane in Self.lanes[..<2] { fleet.move(lane, to: "two") }
            try await Self.wait {
                await one.overview.functions().first?.elsewhere == [0: "two", 1: "two"]
            }
            let asker = Asker(name: "test", because: "a look")
            _ = try await one.deployments.perform(.pause, on: "f", for: asker)
            try await line.wait(two, for: "f") { $0.state.name == "paused" }
            try await Self.wait { Self.lanes.allSatisfy { fleet.holder(of: $0) == nil } }
            try await Self.produce([1, 2, 3], to: line)
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await line.counts("f").processed == 0)
            _ = try await two.deployments.perform(.resume, on: "f", for: asker)
            try await line.waitForPayloads("b", count: 3)
            try await line.wait(one, for: "f") { $0.state == .running }
        }
    }

    @Test func `being idle waits for lanes that run elsewhere, too`() async throws {
        try await TestLine.with(["f": Self.counting]) { line in
            try await line.engine.open("a", settings: StationSettings(partitions: Self.partitions))
            let fleet = TestFleet()
            let other = line.worker(ownership: fleet.worker("one"))
            try await line.whileRunning(other) { _ in
                try await Self.wait { Self.lanes.allSatisfy { fleet.holder(of: $0) == "one" } }
                try await Self.produce((0..<5_000).map { $0 % 20 }, to: line)
                try await line.run(line.worker(ownership: fleet.worker("two")))
                #expect(try await line.counts("f").processed == 5_000)
            }
        }
    }
}
