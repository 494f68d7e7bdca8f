import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Lanes that are moved back, and what becomes of their outputs.
@Suite struct ReplayTests {
    private static let doubling = """
        return {
          from = "in", to = "out",
          handler = function(event)
            if event.data.n % 10 == 3 then return nil end
            if event.data.n == 7 then error("seven") end
            return { twice = event.data.n * 2 }
          end,
        }
        """

    private static func numbers(_ range: Range<Int>) -> [String] { range.map { #"{"n":\#($0)}"# } }

    static func reset(
        _ line: TestLine, _ function: FunctionName, to place: StartingPoint,
        _ outputs: ReplayOutputs
    ) async throws {
        _ = try await line.idleDeployments.perform(
            .reset(ResetWish(to: place, outputs: outputs)), on: function,
            for: Asker(name: "tester", because: "a test"))
    }

    static func replay(
        _ line: TestLine, _ function: FunctionName, partition: UInt32 = 0
    ) async throws -> LaneReplay? {
        let lane = LaneID(function: function, partition: partition)
        return try await line.engine.value(of: lane, in: .replay, key: [])
            .flatMap { LaneReplay(encoded: $0) }
    }

    /// The generations of a station's events, in order.
    private func generations(_ station: StationName, _ line: TestLine) async throws -> [UInt32] {
        let events = try await line.engine.read(
            StationCursor(station: station, partition: 0, offset: 0),
            bounds: ReadBounds(events: 10_000, bytes: 1 << 24))
        return (0..<events.count).compactMap { events.cause($0)?.origin.generation }
    }

    @Test func `outputs that are appended once more are another generation, with ids of its own`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<20))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await Self.reset(line, "double", to: .earliest, .append)
            try await line.produce("in", Self.numbers(20..<22))
            try await line.runUntilIdle()
            let after = try await line.events("out")
            #expect(before.count == 17 && after.count == 17 + 17 + 2)
            #expect(after[17..<34].map(\.payload) == before.map(\.payload))
            #expect(Set(after.map(\.id)).count == after.count)
            #expect(
                try await generations("out", line) == Array(repeating: 0, count: 17)
                    + Array(repeating: 1, count: 19))
            // Its dead letter comes once more, too.
            #expect(try await line.events("dead.double").count == 2)
            #expect(try await line.engine.lanes().first?.lag == 0)
        }
    }

    @Test func `of a history that is whole nothing is filled in`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<1_500))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await Self.reset(line, "double", to: .earliest, .fill)
            try await line.produce("in", Self.numbers(1_500..<1_502))
            try await line.runUntilIdle()
            let after = try await line.events("out")
            #expect(after.count == before.count + 2)
            #expect(try await line.events("dead.double").count == 1)
            let replay = try #require(try await Self.replay(line, "double"))
            #expect(replay.found.present == 1_350 && replay.found.added == 0)
            #expect(replay.found.differing == 0)
            #expect(try await generations("out", line).allSatisfy { $0 == 0 })
        }
    }

    @Test func `what is missing is filled in under the ids that it had`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<100))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await line.engine.delete("out")
            try await Self.reset(line, "double", to: .earliest, .fill)
            try await line.runUntilIdle()
            let after = try await line.events("out")
            #expect(after == before)
            let replay = try #require(try await Self.replay(line, "double"))
            #expect(replay.found.added == UInt64(before.count))
            #expect(try await line.events("dead.double").count == 1)
        }
    }

    @Test func `after a mended function only what it had left out comes, and in its place`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<50))
            try await line.runUntilIdle()
            try line.write("double", Self.doubling.replacing("% 10 == 3", with: "% 100 == 93"))
            try await line.runUntilIdle()
            try await Self.reset(line, "double", to: .earliest, .fill)
            try await line.runUntilIdle()
            let filled = Array(try await line.payloads("out").suffix(5))
            #expect(filled == [3, 13, 23, 33, 43].map { #"{"twice":\#($0 * 2)}"# })
            let replay = try #require(try await Self.replay(line, "double"))
            #expect(replay.found.added == 5 && replay.found.differing == 0)
        }
    }

    @Test func `what would be otherwise now is told, and left as it is`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<30))
            try await line.runUntilIdle()
            let before = try await line.payloads("out")
            // Another result for 5, and none any more for 6.
            try line.write(
                "double",
                Self.doubling.replacing(
                    "return { twice",
                    with: """
                        if event.data.n == 6 then return nil end
                        if event.data.n == 5 then return { twice = 11 } end
                        return { twice
                        """))
            try await Self.reset(line, "double", to: .earliest, .fill)
            try await line.runUntilIdle()
            #expect(try await line.payloads("out") == before)
            let replay = try #require(try await Self.replay(line, "double"))
            #expect(replay.found.differing == 2 && replay.found.added == 0)
            let told = try await line.payloads("moonrail.replays")
            #expect(told.count == 2)
            #expect(told[0].contains(#""would_be":"{\"twice\":11}""#))
            #expect(
                told[0].contains(#""input":"in/0/5""#) && told[0].contains(#""output":"out/0/4""#))
            #expect(told[1].contains(#""difference":"no-longer-made""#))
        }
    }

    @Test func `a replay that appended can be filled in afterwards`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<40))
            try await line.runUntilIdle()
            try await Self.reset(line, "double", to: .offset(20), .append)
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await Self.reset(line, "double", to: .offset(10), .fill)
            try await line.runUntilIdle()
            // What lies before offset 20 was made by the first run, what lies behind by the second.
            #expect(try await line.events("out") == before)
            let replay = try #require(try await Self.replay(line, "double"))
            #expect(replay.found.present == 27 && replay.found.differing == 0)
        }
    }

    @Test func `a replay that is begun while another is under way covers what that one had left`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<40))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await Self.reset(line, "double", to: .offset(5), .fill)
            // Nothing ran meanwhile: the lane stands at 5.
            try await Self.reset(line, "double", to: .earliest, .fill)
            #expect(try await Self.replay(line, "double")?.end == Position(["in": 40]))
            try await line.runUntilIdle()
            #expect(try await line.events("out") == before)
        }
    }

    @Test func `moved to the latest, a function passes over what it had not run`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<2))
            try await line.runUntilIdle()
            try await line.produce("in", Self.numbers(20..<30))
            try await Self.reset(line, "double", to: .latest, .append)
            try await line.produce("in", Self.numbers(50..<51))
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out")
                    == [#"{"twice":0}"#, #"{"twice":2}"#, #"{"twice":100}"#])
        }
    }

    @Test func `while a worker runs its function is moved, and live events follow`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<10))
            try await line.whileRunning { worker in
                try await line.waitForPayloads("out", count: 8)
                let answer = try await worker.deployments.perform(
                    .reset(ResetWish(to: .last(4), outputs: .append)), on: "double",
                    for: Asker(name: "tester", because: "the sensor was wrong"))
                #expect(answer.moves.map(\.to) == [Position(["in": 6])])
                try await line.produce("in", Self.numbers(10..<11))
                try await line.waitForPayloads("out", count: 8 + 3 + 1)
            }
            #expect(
                try await line.payloads("out").suffix(4)
                    == [6, 8, 9, 10].map { #"{"twice":\#($0 * 2)}"# })
            let audit = try await line.payloads("moonrail.audit").last ?? ""
            #expect(audit.contains(#""deed":"reset""#) && audit.contains("the sensor was wrong"))
            #expect(audit.contains("double/0 from offset 10 of in to offset 6 of in"))
        }
    }

    @Test func `the check of the store finds nothing wrong with a lane that was moved`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<40))
            try await line.runUntilIdle()
            for (place, outputs) in [
                (StartingPoint.offset(30), ReplayOutputs.fill), (.earliest, .append),
                (.offset(7), .fill), (.offset(12), .append),
            ] {
                try await Self.reset(line, "double", to: place, outputs)
                #expect(try await line.engine.check().findings.isEmpty)
                try await line.runUntilIdle()
                #expect(try await line.engine.check().findings.isEmpty)
            }
        }
    }

    @Test func `keys that wait behind an event which runs again wait no more`() async throws {
        let parking = """
            return {
              from = "in", to = "out", on_failure = "park-key",
              handler = function(event)
                if event.data.n == 2 then error("two") end
                return { n = event.data.n }
              end,
            }
            """
        try await TestLine.with(["pass": parking]) { line in
            try await line.produce("in", Self.numbers(0..<6), key: "k")
            try await line.runUntilIdle()
            #expect(try await line.payloads("out").count == 2)
            try line.write("pass", parking.replacing("n == 2", with: "n == -1"))
            try await Self.reset(line, "pass", to: .offset(2), .fill)
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == Self.numbers(0..<6))
        }
    }

    @Test func `what can't be moved so is refused with the reason, and nothing moves`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<10))
            await #expect(throws: DeploymentRefused.self) {
                try await Self.reset(line, "double", to: .earliest, .append)
            }
            try await line.runUntilIdle()
            for (wish, reason) in [
                (ResetWish(to: .offset(11)), "there is no 11 yet"),
                (ResetWish(to: .latest, outputs: .fill), "nothing to fill in"),
                (ResetWish(to: .earliest, partition: 1), "has no lane 1"),
            ] {
                let error = await #expect(throws: ResetRefused.self) {
                    _ = try await line.idleDeployments.perform(
                        .reset(wish), on: "double", for: Asker(name: "tester"))
                }
                #expect(error?.description.contains(reason) == true, "\(reason)")
            }
            #expect(try await line.engine.lanes().first?.position == Position(["in": 10]))
            #expect(try await line.engine.lanes().first?.generation == 0)
        }
    }
}
