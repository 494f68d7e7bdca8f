import MoonrailCore
import MoonrailRuntime
import Testing

/// Shadows that can't be, and swaps that would lose, repeat or hide something.
@Suite struct ShadowRefusalTests {
    private static func refusal(
        _ line: TestLine, _ command: DeploymentCommand, _ function: FunctionName = "double"
    ) async -> String {
        do {
            _ = try await line.idleDeployments.perform(
                command, on: function, for: ShadowTests.asker)
            return "it was done"
        } catch {
            return "\(error)"
        }
    }

    private static let shadow = DeploymentCommand.reset(
        ResetWish(to: .earliest, outputs: .shadow))

    @Test func `what can have no shadow is told why`() async throws {
        let timing = """
            return {
              from = "in", to = "late", state = {},
              handler = function(event, context) context.timer(1, "t") end,
              on_timer = function(timer, context) return { name = timer.name } end,
            }
            """
        let stateful = """
            return {
              from = "in", to = "sums", state = { key = function() return "k" end },
              handler = function(event, context) context.state.n = event.data.n end,
            }
            """
        let looping = """
            return {
              from = "in", to = "in", loop = true,
              handler = function(event) if event.data.n < 0 then return { n = 0 } end end,
            }
            """
        try await TestLine.with([
            "double": ShadowTests.doubling, "late": timing, "sum": stateful, "loop": looping,
        ]) { line in
            try await line.produce("in", ShadowTests.numbers(0..<10))
            #expect(await Self.refusal(line, Self.shadow).contains("never deployed"))
            try await line.runUntilIdle()
            #expect(await Self.refusal(line, Self.shadow, "late").contains("has timers"))
            #expect(await Self.refusal(line, Self.shadow, "loop").contains("which it writes"))
            let behind = DeploymentCommand.reset(ResetWish(to: .offset(3), outputs: .shadow))
            #expect(await Self.refusal(line, behind, "sum").contains("must begin at offset 0"))
            let part = DeploymentCommand.reset(
                ResetWish(to: .earliest, outputs: .shadow, partition: 0))
            #expect(await Self.refusal(line, part).contains("leave out --partition"))
            #expect(await Self.refusal(line, .swapShadow).contains("has no shadow"))
            #expect(await Self.refusal(line, .dropShadow).contains("has no shadow"))
            try await ShadowTests.begin("double", line.idleDeployments)
            #expect(await Self.refusal(line, Self.shadow).contains("has a shadow; swap it"))
            let append = DeploymentCommand.reset(ResetWish(to: .earliest))
            #expect(await Self.refusal(line, append).contains("swap it, or end it"))
            #expect(await Self.refusal(line, .rename(to: "other")).contains("has a shadow"))
        }
    }

    @Test func `a swap that would hide, lose or repeat something is refused`() async throws {
        let other = """
            return { from = "more", to = "out", handler = function(event) return event.data end }
            """
        try await TestLine.with(["double": ShadowTests.doubling]) { line in
            try await line.produce("in", ShadowTests.numbers(0..<10))
            try await line.runUntilIdle()
            try await ShadowTests.begin("double", to: .offset(5), line.idleDeployments)
            #expect(
                await Self.refusal(line, .swapShadow)
                    .contains("out/0/0 comes of in/0/0, which lies before the place"))
            _ = try await line.idleDeployments.perform(
                .dropShadow, on: "double", for: ShadowTests.asker)
            try await ShadowTests.begin("double", line.idleDeployments)
            #expect(await Self.refusal(line, .swapShadow).contains("it has to catch up"))
            try await line.runUntilIdle()
            try line.write("double", ShadowTests.mended)
            #expect(await Self.refusal(line, .swapShadow).contains("is deployed; begin another"))
            try line.write("double", ShadowTests.doubling)
            try line.write("other", other)
            #expect(
                await Self.refusal(line, .swapShadow)
                    .contains("function 'other' writes into 'out', too"))
            #expect(try await line.payloads("out") == ShadowTests.doubled(0..<10))
            #expect(try await line.engine.check().findings.isEmpty)
        }
    }

    @Test func `a producer's event among the outputs would be hidden`() async throws {
        try await TestLine.with(["double": ShadowTests.doubling]) { line in
            try await line.produce("in", ShadowTests.numbers(0..<10))
            try await line.runUntilIdle()
            try await ShadowTests.begin("double", line.idleDeployments)
            try await line.runUntilIdle()
            try await line.produce("out", [#"{"twice":1}"#])
            #expect(
                await Self.refusal(line, .swapShadow)
                    .contains("out/0/9 was not written by 'double'"))
        }
    }

    @Test func `a reader that has not come to the end would go on elsewhere`() async throws {
        try await TestLine.with([
            "double": ShadowTests.doubling, "read": ShadowTests.reading,
        ]) { line in
            try await line.produce("in", ShadowTests.numbers(0..<10))
            try await line.runUntilIdle()
            _ = try await line.idleDeployments.perform(
                .pause, on: "read", for: ShadowTests.asker)
            try await line.produce("in", ShadowTests.numbers(10..<12))
            try await ShadowTests.begin("double", line.idleDeployments)
            try await line.runUntilIdle()
            #expect(
                await Self.refusal(line, .swapShadow)
                    .contains("function 'read' has not read 'out' up to its end"))
            await #expect(throws: ResetRefused.self) {
                try await line.whileRunning { worker in
                    try await line.wait(worker, for: "shadow.double") { $0.state == .running }
                    try await ShadowTests.swap("double", worker.deployments)
                }
            }
            // All went on as before.
            _ = try await line.idleDeployments.perform(
                .resume, on: "read", for: ShadowTests.asker)
            try await line.runUntilIdle()
            try await ShadowTests.swap("double", line.idleDeployments)
            #expect(try await line.payloads("seen") == ShadowTests.doubled(0..<12, as: "saw"))
        }
    }
}
