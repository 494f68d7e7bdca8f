import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Functions that change under a running worker, as people change and watch them.
@Suite struct DeploymentCommandTests {
    private static func script(_ stamp: String) -> String {
        """
        return {
          from = "raw", to = "clean",
          handler = function(event) return { by = "\(stamp)" } end,
        }

        """
    }

    /// Waits until what a command prints is as it should be.
    private static func wait(
        _ place: Workplace, _ arguments: [String], until isSo: (String) -> Bool
    ) async throws -> String {
        for _ in 0..<300 {
            let result = try await place.command.start(arguments).finish()
            if isSo(result.output) { return result.output }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("\(arguments) never printed what it should")
        return ""
    }

    private static func versions(_ place: Workplace) async throws -> [String] {
        let history = try await place.command.run("function", "history", "f", "--json")
        return try history.json([JSONValue].self).compactMap { change in
            guard case .object(let change) = change, case .object(let version) = change["version"],
                case .string(let text) = version["version"]
            else { return nil }
            return text
        }
    }

    @Test func `a function's versions are listed, compared, chosen and shown`() async throws {
        try await Workplace.with { place in
            let file = try place.write("functions/f.lua", Self.script("one"))
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            _ = try await Self.wait(place, ["function", "list"]) {
                $0.contains("f         running")
            }
            _ = try place.write("functions/f.lua", Self.script("two"))
            _ = try await Self.wait(place, ["function", "history", "f"]) {
                $0.components(separatedBy: "deployed").count == 3
            }
            let versions = try await Self.versions(place).map { String($0.prefix(12)) }
            let shown = try await place.command.run(
                "function", "show", "f", "--version", versions[0])
            #expect(shown.output == Self.script("one"))
            let diff = try await place.command.run(
                "function", "diff", "f", versions[0], versions[1])
            #expect(
                diff.lines == [
                    " return {", "   from = \"raw\", to = \"clean\",",
                    "-  handler = function(event) return { by = \"one\" } end,",
                    "+  handler = function(event) return { by = \"two\" } end,", " }",
                ])

            // A mistake is saved: the version before goes on.
            _ = try place.write(
                "functions/f.lua", "return { form = 'raw', handler = function() end }")
            let list = try await Self.wait(place, ["function", "list"]) {
                $0.contains("running, failed deployment")
            }
            #expect(list.contains(versions[1].prefix(7)))
            let why = try await place.command.run("function", "show", "f")
            #expect(why.output.contains("field 'form' is not known; did you mean 'from'?"))
            let metrics = try SocketClient.send(
                "GET", "/metrics", to: place.data.appendingPathComponent("moonrail.sock").path)
            #expect(metrics.status == 200)
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4")
            #expect(metrics.body.contains("moonrail_function_running{function=\"f\"} 1\n"))
            #expect(
                metrics.body.contains("moonrail_function_deployment_failed{function=\"f\"} 1\n"))

            let back = try await place.command.run(
                "function", "rollback", "f", versions[0], "--because", "two is wrong")
            #expect(back.output == "'f' is rolled back to \(versions[0].prefix(7))\n")
            try await place.command.run("produce", "raw", input: "{}\n")
            _ = try await Self.wait(place, ["read", "clean", "--format", "data"]) {
                $0 == "{\"by\":\"one\"}\n"
            }
            let unknown = try await place.command.run("function", "rollback", "f", "zz")
            #expect(unknown.status == 4)
            #expect(unknown.errors.contains("has no version 'zz'"))

            #expect(try await place.command.run("function", "pause", "f").status == 0)
            _ = try await Self.wait(place, ["function", "list"]) { $0.contains("paused") }
            let resumed = try await place.command.run("function", "resume", "f")
            #expect(resumed.output == "1 lane of 'f' goes on\n")

            let renamed = try await place.command.run("function", "rename", "f", "g")
            #expect(renamed.status == 0, "\(renamed.errors)")
            #expect(!FileManager.default.fileExists(atPath: file))
            worker.send(SIGTERM)
            #expect(try await worker.finish(within: 30).status == 0)
            let audit = try await place.command.run(
                "read", "moonrail.audit", "--format", "data")
            for deed in ["deployed", "deployment-failed", "rolled-back", "paused", "renamed"] {
                #expect(audit.output.contains("\"deed\":\"\(deed)\""))
            }
            let missing = try await place.command.run("function", "history", "h")
            #expect(missing.status == 3)
        }
    }

    @Test func `tests beside a function are run before it is deployed`() async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/f.lua", Self.script("one"))
            _ = try place.write(
                "functions/f.test.yaml",
                """
                - name: its stamp
                  event: { data: {} }
                  emits: { clean: [{ data: { by: two } }] }
                """)
            let failed = try await place.command.run("run", "--until-idle")
            #expect(failed.status == 1)
            #expect(failed.errors.contains("f.test.yaml:1: test 'its stamp' fails: "))
            _ = try place.write("functions/f.lua", Self.script("two"))
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            // What ran goes on beside a version whose tests fail, and the status says so.
            _ = try place.write("functions/f.lua", Self.script("three"))
            try await place.command.run("produce", "raw", input: "{}\n")
            #expect(try await place.command.run("run", "--until-idle").status == 1)
            let outputs = try await place.command.run("read", "clean", "--format", "data")
            #expect(outputs.output == "{\"by\":\"two\"}\n")
        }
    }

    @Test(arguments: [1, 2, 3])
    func `a worker that is killed in the middle of a deployment loses and repeats nothing`(
        turn: Int
    ) async throws {
        try await Workplace.with { place in
            for name in ["f", "g"] {
                try place.writeFunction(name, from: "raw", to: "clean.\(name)")
            }
            var environment = place.command.environment
            environment["MOONRAIL_CRASH_POINT"] = "deploy:\(turn)"
            let worker = try MoonrailCommand(environment: environment).start(["run"])
            if turn == 3 {
                try await place.waitUntilServed()
                _ = try await Self.wait(place, ["function", "list"]) {
                    $0.components(separatedBy: "running").count == 3
                }
                try await place.command.run("produce", "raw", input: "{\"n\":1}\n{\"n\":2}\n")
                _ = try place.write(
                    "functions/f.lua",
                    """
                    return { from = "raw", to = "clean.f", handler = function(event)
                      return { n = event.data.n + 10 }
                    end }
                    """)
            }
            #expect(try await worker.finish(within: 60).wasKilled)
            try await place.command.run("produce", "raw", input: "{\"n\":3}\n")
            #expect(try await place.command.run("run", "--until-idle").status == 0)
            let numbers = turn == 3 ? [1, 2, 3] : [3]
            let other = try await place.command.run("read", "clean.g", "--format", "data")
            #expect(other.lines == numbers.map { "{\"n\":\($0)}" })
            let changed = try await place.command.run("read", "clean.f", "--format", "data")
            #expect(changed.lines.count == numbers.count)
            #expect(changed.lines.last == (turn == 3 ? "{\"n\":13}" : "{\"n\":3}"))
        }
    }
}
