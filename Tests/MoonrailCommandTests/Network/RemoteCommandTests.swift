import Foundation
import Glibc
import MoonrailTestSupport
import Testing

/// Commands that ask a worker over the network.
@Suite struct RemoteCommandTests {
    private func run(
        _ worker: NetworkWorker, _ token: String, _ arguments: [String], input: String = ""
    ) async throws -> MoonrailCommand.Result {
        let elsewhere = worker.place.folder.appendingPathComponent("elsewhere")
        var environment = worker.place.command.environment
        environment["MOONRAIL_DATA"] = elsewhere.path
        environment["MOONRAIL_TOKEN"] = token
        environment["MOONRAIL_SERVER"] = "http://127.0.0.1:\(worker.port)"
        let result = try await MoonrailCommand(environment: environment)
            .start(arguments, input: input).finish()
        #expect(!FileManager.default.fileExists(atPath: elsewhere.path))
        return result
    }

    @Test func `what commands do over the socket they do over the network`() async throws {
        try await NetworkWorker.with(scopes: ["admin"]) { worker, admin in
            try worker.place.writeFunction("f", from: "raw", to: "clean")
            func run(_ arguments: String..., input: String = "") async throws
                -> MoonrailCommand.Result
            {
                try await self.run(worker, admin, arguments, input: input)
            }
            let produced = try await run("produce", "raw", input: "{\"n\":1}\n{\"n\":2}\n")
            #expect(produced.status == 0, "\(produced.errors)")
            var read = try await run("read", "clean", "--format", "data")
            while worker.process.isRunning, read.lines.count < 2 {
                read = try await run("read", "clean", "--format", "data")
            }
            #expect(read.output == "{\"n\":1}\n{\"n\":2}\n")
            for arguments in [
                ["station", "list"], ["station", "show", "raw"], ["station", "create", "other"],
                ["station", "alter", "other", "--retention-events", "5"],
                ["station", "delete", "other"], ["function", "list"], ["function", "show", "f"],
                ["function", "history", "f"], ["function", "pause", "f"],
                ["function", "resume", "f"], ["offset", "show"], ["dead", "list", "f"],
                ["dead", "retry", "f", "--all"], ["replay", "verify", "f"],
                ["replay", "show", "f"], ["state", "count", "f"], ["token", "list"],
                ["token", "create", "b", "--scope", "operate"], ["token", "revoke", "b"],
                ["doctor"],
            ] {
                let result = try await self.run(worker, admin, arguments)
                #expect(result.status == 0 || arguments[0] == "state", "\(arguments): \(result)")
            }
        }
    }

    @Test func `a stream over the network ends when the worker does`() async throws {
        try await Workplace.with { place in
            try await place.command.run("produce", "s", input: "1\n")
            let worker = try await NetworkWorker.start(place)
            let follower = try place.command.start([
                "read", "s", "--follow", "--format", "data", "--server",
                "http://127.0.0.1:\(worker.port)",
            ])
            while follower.isRunning, follower.outputSoFar != "1\n" {
                try await Task.sleep(for: .milliseconds(10))
            }
            worker.process.send(SIGTERM)
            #expect(try await worker.process.finish(within: 60).status == 0)
            #expect(try await follower.finish(within: 60).wasKilled == false)
        }
    }

    @Test func `who may not is told why`() async throws {
        try await NetworkWorker.with(scopes: ["consume:s"]) { worker, token in
            let none = try await run(worker, "moonrail_none", ["station", "list"])
            #expect(none.status == 1)
            #expect(none.errors.contains("unknown, revoked or expired"))
            let scope = try await run(worker, token, ["produce", "s"], input: "1\n")
            #expect(scope.status == 1)
            #expect(scope.errors.contains("produce:s"), "\(scope.errors)")
        }
    }

    @Test func `a server that is not there is unavailable`() async throws {
        try await Workplace.with { place in
            let result = try await place.command.run(
                "station", "list", "--server", "http://127.0.0.1:1")
            #expect(result.status == 5)
            #expect(result.errors.contains("can't reach http://127.0.0.1:1"), "\(result.errors)")
        }
    }

    @Test func `a token does not leave the machine in the clear`() async throws {
        try await Workplace.with { place in
            let file = try place.write("token", "moonrail_secret\n")
            let result = try await place.command.run(
                "station", "list", "--server", "http://192.0.2.1:7667", "--token-file", file)
            #expect(result.status == 2)
            #expect(result.errors.contains("use https"))
            #expect(!result.errors.contains("moonrail_secret"))
        }
    }

    @Test(arguments: ["run", "dev"])
    func `a worker runs here and nowhere else`(command: String) async throws {
        try await Workplace.with { place in
            let result = try await place.command.run(
                command, "--server", "https://moonrail.example:7667")
            #expect(result.status == 2)
            #expect(result.errors.contains("leave --server out"))
        }
    }
}
