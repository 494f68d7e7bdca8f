import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Versions that were deployed: their history, going back, pausing, other names.
@Suite struct VersionTests {
    private static func stamping(_ stamp: String) -> String { HotDeploymentTests.stamping(stamp) }
    private static let asker = Asker(name: "uid 7", because: "a test")

    private static func send(_ count: Int, _ line: TestLine) async throws {
        try await line.produce("a", (0..<count).map { #"{"n":\#($0)}"# })
    }

    @Test func `going back runs an earlier version until the file changes, also over a restart`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.waitForVersion(of: "f", stamping: "one", worker)
                try line.write("f", Self.stamping("two"))
                try await line.waitForVersion(of: "f", stamping: "two", worker)
                let answer = try await worker.deployments.perform(
                    .rollBack(version: nil), on: "f", for: Self.asker)
                #expect(answer.version != nil)
                try await line.waitForVersion(of: "f", stamping: "one", worker)
                let status = try #require(await worker.overview.functions().first)
                #expect(status.rollback == "by uid 7: a test")
                #expect(status.version?.text == answer.version)
                try await Self.send(1, line)
                try await line.waitForPayloads("b", count: 1)
            }
            try await Self.send(1, line)
            let restarted = try #require(try await line.runUntilIdle().first)
            #expect(restarted.rollback == "by uid 7: a test")
            #expect(try await line.stamps() == ["one", "one"])
            try line.write("f", Self.stamping("three"))
            try await Self.send(1, line)
            let changed = try #require(try await line.runUntilIdle().first)
            #expect(changed.rollback == nil)
            #expect(try await line.stamps() == ["one", "one", "three"])
            let registry = try await FunctionRegistry(line.engine)
            #expect(
                try await registry.history(of: "f").map(\.change)
                    == [.deployed, .deployed, .rolledBack, .deployed])
        }
    }

    @Test func `a version is named by the beginning of its hash, and one that is unknown refused`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            let first = try #require(try await line.runUntilIdle().first?.version)
            try line.write("f", Self.stamping("two"))
            try await line.runUntilIdle()
            let deployments = line.idleDeployments
            let answer = try await deployments.perform(
                .rollBack(version: first.short), on: "f", for: Self.asker)
            #expect(answer.version == first.text)
            for (function, version) in [("f", "zz"), ("g", nil)] {
                await #expect(throws: DeploymentRefused.self) {
                    try await deployments.perform(
                        .rollBack(version: version), on: FunctionName(function),
                        for: Self.asker)
                }
            }
            try await Self.send(1, line)
            try await line.runUntilIdle()
            #expect(try await line.stamps() == ["one"])
        }
    }

    @Test func `a pause holds over restarts and new versions until somebody ends it`() async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.waitForState("running", worker)
                _ = try await worker.deployments.perform(.pause, on: "f", for: Self.asker)
                try await line.waitForState("paused", worker)
                try await Self.send(3, line)
                try line.write("f", Self.stamping("two"))
                try await line.waitForVersion(of: "f", stamping: "two", worker)
                try await line.waitForState("paused", worker)
            }
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.state == .paused("by uid 7: a test"))
            #expect(try await line.counts("f").processed == 0)
            try await line.whileRunning { worker in
                try await line.waitForState("paused", worker)
                let answer = try await worker.deployments.perform(
                    .resume, on: "f", for: Self.asker)
                #expect(answer.resumed == 1)
                try await line.waitForPayloads("b", count: 3)
            }
            #expect(try await line.stamps() == ["two", "two", "two"])
        }
    }

    @Test func `a version that fails as soon as it is deployed gives way by itself`() async throws {
        let failing = """
            return { from = "a", to = "b", breaker = { failures = 2, events = 4 },
              on_breaker = "rollback", handler = function() error("bad") end }
            """
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.waitForVersion(of: "f", stamping: "one", worker)
                try line.write("f", failing)
                _ = try await line.wait(worker, for: "f") {
                    $0.definition?.failure.onBreaker == .rollback
                }
                try await Self.send(10, line)
                let status = try await line.wait(worker, for: "f") { $0.rollback != nil }
                #expect(status.rollback?.contains("moonrail: the breaker of") == true)
                try await line.waitForPayloads("b", count: 8)
            }
            #expect(try await line.counts("f").deadLetters == 2)
            #expect(try await line.stamps() == Array(repeating: "one", count: 8))
        }
    }

    @Test(arguments: [true, false])
    func `a rename does not end a rollback`(whileRunning: Bool) async throws {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.runUntilIdle()
            try line.write("f", Self.stamping("two"))
            try await line.runUntilIdle()
            let idle = line.idleDeployments
            _ = try await idle.perform(.rollBack(version: nil), on: "f", for: Self.asker)
            if whileRunning {
                try await line.whileRunning { worker in
                    try await line.waitForState("running", worker)
                    _ = try await worker.deployments.perform(
                        .rename(to: "g"), on: "f", for: Self.asker)
                    try await line.waitForVersion(of: "g", stamping: "one", worker)
                }
            } else {
                _ = try await idle.perform(.rename(to: "g"), on: "f", for: Self.asker)
            }
            try await Self.send(1, line)
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.name == "g" && status.rollback == "by uid 7: a test")
            #expect(try await line.stamps() == ["one"])
        }
    }

    @Test(arguments: [true, false])
    func `a renamed function goes on where it was, with its dead letters and its history`(
        whileRunning: Bool
    ) async throws {
        let picky = """
            return { from = "a", to = "b", handler = function(event)
              if event.data.n == 1 then error("one") end
              return { n = event.data.n, by = "one" }
            end }
            """
        try await TestLine.with(["old": picky]) { line in
            try await Self.send(3, line)
            try await line.runUntilIdle()
            try line.writeTests("old", "")
            let command = DeploymentCommand.rename(to: "new")
            if whileRunning {
                try await line.whileRunning { worker in
                    try await line.waitForState("running", worker)
                    _ = try await worker.deployments.perform(command, on: "old", for: Self.asker)
                    try await line.waitForFunctions(["new"], worker)
                    try await Self.send(1, line)
                    try await line.waitForPayloads("b", count: 3)
                }
            } else {
                _ = try await line.idleDeployments.perform(command, on: "old", for: Self.asker)
                try await Self.send(1, line)
                try await line.runUntilIdle()
            }
            #expect(try await line.payloads("b").count == 3)
            #expect(try await line.engine.lanes().map(\.lane.function) == ["new"])
            #expect(try await line.counts("new").processed == 4)
            #expect(line.files == ["new.lua", "new.test.yaml"])
            let letters = try await line.deadLetters.list("new", .init(), limit: 10)
            #expect(letters.map(\.letter.function) == ["new"])
            let registry = try await FunctionRegistry(line.engine)
            #expect(
                try await registry.history(of: "new").map(\.change) == [.deployed, .renamed])
            #expect(registry.record(of: "old") == nil)
            // The letter is resent by the function under its new name.
            try line.write("new", Self.stamping("two"))
            let summary = try await line.deadLetters.fulfil(
                LetterWish(.retry, .all), of: "new")
            #expect(summary.resent == 1)
            #expect(try await line.deadLetters.list("new", .init(), limit: 10).isEmpty)
        }
    }

    @Test func `who did what is written down`() async throws {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.runUntilIdle()
            try line.write("f", "return {")
            try await line.runUntilIdle()
            _ = try await line.idleDeployments.perform(.pause, on: "f", for: Self.asker)
            let entries = try await line.payloads("moonrail.audit").map {
                try JSONDecoder().decode(Audit.Entry.self, from: Data($0.utf8))
            }
            #expect(entries.map(\.deed) == [.deployed, .deploymentFailed, .paused])
            #expect(entries.last?.by == "uid 7" && entries.last?.because == "a test")
            #expect(entries[1].because?.contains("f.lua:1:") == true)
        }
    }
}
