import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Lanes that pause: by their breaker, or because their function says so.
@Suite struct PauseTests {
    private static let breaking = """
        return { from = "a", to = "b", breaker = { failures = 10, events = 20 },
          handler = function(event)
            error("broken deployment")
          end }
        """

    @Test func `a bad deployment does not turn its station into dead letters`() async throws {
        try await TestLine.with(["f": Self.breaking]) { line in
            try await line.produce("a", (0..<5_000).map { #"{"n":\#($0)}"# })
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.state.name == "paused")
            #expect(status.state.reason?.contains("10 of its last 20 events") == true)
            #expect(try await line.counts("f").deadLetters == 10)

            // It stays paused when the worker starts again with the same version.
            try await line.runUntilIdle()
            #expect(try await line.counts("f").processed == 10)

            // Another version is let try, and goes on with the event after the last settled one.
            try line.write(
                "f",
                """
                return { from = "a", to = "b", handler = function(event) return event.data end }
                """)
            let mended = try #require(try await line.runUntilIdle().first)
            #expect(mended.state == .running)
            #expect(try await line.payloads("b") == (10..<5_000).map { #"{"n":\#($0)}"# })
        }
    }

    @Test func `a function that is to stop stops in front of the event, and goes on when asked`()
        async throws
    {
        try await TestLine.with([
            "f": """
            return { from = "a", to = "b", on_failure = "stop", handler = function(event)
              if event.data.n == 3 then error("three") end
              return event.data
            end }
            """
        ]) { line in
            try await line.produce("a", (0..<6).map { #"{"n":\#($0)}"# })
            try await line.whileRunning { worker in
                try await line.waitForState("paused", worker)
                let status = try #require(await worker.overview.functions().first)
                #expect(status.state.reason?.contains("event 3 of a failed") == true)
                #expect(try await line.payloads("b") == (0..<3).map { #"{"n":\#($0)}"# })
                #expect(try await line.counts("f").deadLetters == 0)
                #expect(try await worker.operators.resume("f") == 1)
                // The event still fails, so that it is paused again.
                try await line.waitForState("paused", worker)
                #expect(try await worker.operators.resume("g") == 0)
            }
            #expect(try await line.counts("f").processed == 3)
        }
    }

    @Test func `a paused lane is resumed also where no worker runs`() async throws {
        try await TestLine.with(["f": Self.breaking]) { line in
            try await line.produce("a", (0..<100).map { #"{"n":\#($0)}"# })
            try await line.runUntilIdle()
            #expect(try await line.counts("f").processed == 10)
            #expect(try await line.idleLanes.resume("f") == 1)
            #expect(try await line.idleLanes.resume("f") == 0)
            try await line.runUntilIdle()
            #expect(try await line.counts("f").processed == 20)
        }
    }

    @Test func `functions in a loop are refused unless they say that it is meant`() async throws {
        func functions(loop: Bool) -> [String: String] {
            [
                "one": """
                return { from = "a", to = "b", handler = function(event) return event.data end }
                """,
                "two": """
                return { from = "b", to = "a", loop = \(loop), handler = function(event)
                  return event.data
                end }
                """,
            ]
        }
        try await TestLine.with(functions(loop: false)) { line in
            try await line.produce("a", [#"{"n":1}"#])
            let states = try await line.runUntilIdle()
            #expect(states.map(\.state.name) == ["running", "failed"])
            #expect(states[1].state.reason?.contains("two -> a -> one -> b -> two") == true)
        }
        try await TestLine.with(functions(loop: true)) { line in
            try await line.produce("a", [#"{"n":1}"#])
            try await line.runUntilIdle()
            // Round and round until the bound on hops ends it as one dead letter.
            let letters = try await line.events("dead.one") + line.events("dead.two")
            #expect(letters.map { $0.header("deadreason") } == ["hop-limit"])
            let hops = try await line.payloads("a").count - 1 + line.payloads("b").count
            #expect(hops == Int(Bounds.hops))
        }
    }
}

extension TestLine {
    /// Waits until the worker's one function is in the state.
    func waitForState(_ state: String, _ worker: Worker) async throws {
        let deadline = ContinuousClock.now + .seconds(240)
        while await worker.overview.functions().first?.state.name != state {
            try #require(ContinuousClock.now < deadline, "it never was \(state)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until the worker's lanes take requests.
    func waitForLanes(_ worker: Worker) async throws {
        let deadline = ContinuousClock.now + .seconds(240)
        while true {
            let lanes = try await engine.lanes().map(\.lane)
            let taken = await withTaskGroup(of: Bool.self) { group in
                for lane in lanes {
                    group.addTask {
                        (try? await worker.operators.fulfil(
                            LetterWish(.retry, .ids([])), in: lane)) != nil
                    }
                }
                return await group.allSatisfy(\.self)
            }
            if taken { return }
            try #require(ContinuousClock.now < deadline, "its lanes never took a request")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
