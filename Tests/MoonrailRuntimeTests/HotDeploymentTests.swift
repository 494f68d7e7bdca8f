import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// A worker whose functions change while it runs.
@Suite struct HotDeploymentTests {
    /// A function that stamps what it passes on.
    static func stamping(_ stamp: String, from: String = "a", to: String = "b") -> String {
        """
        return { from = "\(from)", to = "\(to)", handler = function(event)
          return { n = event.data.n, by = "\(stamp)" }
        end }
        """
    }

    private static func stamped(_ n: Int, _ stamp: String) -> String {
        #"{"by":"\#(stamp)","n":\#(n)}"#
    }

    @Test func `a changed file runs from the next event on, and nothing is lost or repeated`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
                try line.write("f", Self.stamping("two"))
                try await line.waitForVersion(of: "f", stamping: "two", worker)
                try await line.produce("a", [#"{"n":1}"#])
                try await line.waitForPayloads("b", count: 2)
            }
            #expect(
                try await line.payloads("b") == [Self.stamped(0, "one"), Self.stamped(1, "two")])
        }
    }

    @Test func `a broken file never replaces what works, and what is wrong with it is shown`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.waitForState("running", worker)
                try line.write("f", "return { from = 'a', ")
                let status = try await line.wait(worker, for: "f") { $0.failedDeployment != nil }
                #expect(status.state == .running)
                #expect(status.failedDeployment?.contains("f.lua:1:") == true)
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
                try line.write("f", Self.stamping("two"))
                let mended = try await line.wait(worker, for: "f") { $0.failedDeployment == nil }
                #expect(mended.state == .running)
                try await line.waitForVersion(of: "f", stamping: "two", worker)
            }
            #expect(try await line.payloads("b") == [Self.stamped(0, "one")])
        }
    }

    @Test func `a worker that starts over a broken file runs the version that ran last`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.produce("a", [#"{"n":0}"#])
            try await line.runUntilIdle()
            try line.write("f", "return {")
            try await line.produce("a", [#"{"n":1}"#])
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.state == .running)
            #expect(status.failedDeployment?.contains("f.lua:1:") == true)
            #expect(
                try await line.payloads("b") == [Self.stamped(0, "one"), Self.stamped(1, "one")])
        }
    }

    @Test func `a removed file stops its function, and putting it back goes on where it was`()
        async throws
    {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
                try line.remove("f")
                try await line.waitForFunctions([], worker)
                try await line.produce("a", [#"{"n":1}"#])
                try line.write("f", Self.stamping("one"))
                try await line.waitForPayloads("b", count: 2)
            }
            #expect(
                try await line.payloads("b") == [Self.stamped(0, "one"), Self.stamped(1, "one")])
        }
    }

    @Test func `a new file becomes a function, and a changed library changes who may use it`()
        async throws
    {
        try await TestLine.with([
            "lib/stamp": "return { by = 'one' }",
            "f": """
            local stamp = require "lib.stamp"
            return { from = "a", to = "b", handler = function(event)
              return { n = event.data.n, by = stamp.by }
            end }
            """,
        ]) { line in
            try await line.whileRunning { worker in
                try await line.waitForFunctions(["f"], worker)
                let first = try #require(await worker.overview.functions().first?.version)
                try line.write("g", Self.stamping("g", from: "b", to: "c"))
                try await line.waitForFunctions(["f", "g"], worker)
                try line.write("lib/stamp", "return { by = 'two' }")
                _ = try await line.wait(worker, for: "f") { $0.version != first }
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("c", count: 1)
            }
            #expect(try await line.payloads("b") == [Self.stamped(0, "two")])
            #expect(try await line.payloads("c") == [Self.stamped(0, "g")])
        }
    }

    @Test func `stations may change, and what can't be is said`() async throws {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.engine.open("wide", settings: .init(partitions: 4))
            try await line.whileRunning { worker in
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
                try line.write("f", Self.stamping("two", from: "wide", to: "c"))
                try await line.waitForVersion(of: "f", stamping: "two", worker)
                for key in ["x", "y", "z", "w", "v"] {
                    try await line.produce("wide", [#"{"n":1}"#], key: key)
                }
                try await line.waitForPayloads("c", count: 5)
                // Unequal numbers of partitions, and a loop.
                try line.write(
                    "f",
                    """
                    return { from = { "a", "wide" }, to = "c", handler = function() end }
                    """)
                let unequal = try await line.wait(worker, for: "f") { $0.failedDeployment != nil }
                #expect(unequal.failedDeployment?.contains("equal numbers of partitions") == true)
                try line.write("g", Self.stamping("g", from: "c", to: "wide"))
                let loop = try await line.wait(worker, for: "g") { $0.state.reason != nil }
                #expect(loop.state.reason?.contains("g -> wide -> f -> c -> g") == true)
                // When the one lets go of it, the other may have it.
                try line.write("f", Self.stamping("three", to: "d"))
                try await line.waitForVersion(of: "f", stamping: "three", worker)
                try line.write("g", Self.stamping("h", from: "c", to: "wide"))
                _ = try await line.wait(worker, for: "g") { $0.state == .running }
            }
        }
    }

    @Test func `saving the same content again is no deployment`() async throws {
        try await TestLine.with(["f": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.waitForState("running", worker)
                try line.write("f", Self.stamping("one"))
                try line.write("g", Self.stamping("g", to: "c"))
                try await line.waitForFunctions(["f", "g"], worker)
            }
            let registry = try await FunctionRegistry(line.engine)
            #expect(try await registry.history(of: "f").map(\.change) == [.deployed])
        }
    }

    @Test func `a file under a new name is asked about, not run from the beginning`() async throws {
        try await TestLine.with(["old": Self.stamping("one")]) { line in
            try await line.whileRunning { worker in
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
                try line.move("old", to: "new")
                try await line.waitForFunctions(["new"], worker)
                let asked = try await line.wait(worker, for: "new") { $0.state.reason != nil }
                #expect(asked.state.reason?.contains("moonrail function rename old new") == true)
            }
            // A restart asks again.
            let again = try #require(try await line.runUntilIdle().first)
            #expect(again.state.reason?.contains("moonrail function rename old new") == true)
            // Any change says that it is meant.
            try line.write("new", "-- another function\n" + Self.stamping("new"))
            let status = try #require(try await line.runUntilIdle().first)
            #expect(status.state == .running)
            #expect(
                try await line.payloads("b") == [Self.stamped(0, "one"), Self.stamped(0, "new")])
        }
    }

    @Test func `a version whose tests fail is not deployed`() async throws {
        let failing = TestSwitch()
        try await TestLine.with(
            ["f": Self.stamping("one")], readTests: { _ in failing.tests }
        ) { line in
            try await line.whileRunning { worker in
                try await line.waitForState("running", worker)
                failing.fails()
                try line.write("f", Self.stamping("two"))
                let status = try await line.wait(worker, for: "f") { $0.failedDeployment != nil }
                #expect(status.failedDeployment?.contains("f.test.yaml:7: test 'two'") == true)
                try await line.produce("a", [#"{"n":0}"#])
                try await line.waitForPayloads("b", count: 1)
            }
            #expect(try await line.payloads("b") == [Self.stamped(0, "one")])
        }
    }
}
