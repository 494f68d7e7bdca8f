import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Scripts that are handed to whoever owns the data directory.
@Suite struct FunctionDeployTests {
    private static func script(_ stamp: String) -> String {
        """
        return {
          from = "raw", to = "clean",
          handler = function(event) return { by = "\(stamp)" } end,
        }

        """
    }

    @Test func `a script that is deployed runs within a moment, and the audit says who did it`()
        async throws
    {
        try await Workplace.with { place in
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            let file = try place.write("f.lua", Self.script("one"))
            let deployed = try await place.command.run("function", "deploy", file)
            #expect(deployed.status == 0, "\(deployed.errors)")
            #expect(deployed.output.hasPrefix("'f' is in its place as f@"))
            _ = try await place.command.run("produce", "raw", input: "1\n")
            var read = ""
            for _ in 0..<300 where read.isEmpty {
                read = try await place.command.run("read", "clean", "--format", "data").output
            }
            #expect(read == "{\"by\":\"one\"}\n")
            let audit = try await place.command.run("read", "moonrail.audit", "--format", "data")
            #expect(
                audit.lines.contains { $0.contains("\"uploaded\"") && $0.contains("(uid ") })
            worker.send(SIGTERM)
            _ = try await worker.finish()
        }
    }

    @Test func `what does not compile or fails its tests changes nothing`() async throws {
        try await Workplace.with { place in
            let kept = try place.write("functions/f.lua", Self.script("one"))
            _ = try place.write(
                "functions/f.test.yaml",
                """
                - name: it says who it is
                  event: { data: 1 }
                  emits: { clean: [{ data: { by: one } }] }

                """)
            let broken = try place.write("f.lua", "return {\n  from = 1 1\n}\n")
            let refused = try await place.command.run("function", "deploy", broken)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("functions/f.lua:2:"), "\(refused.errors)")
            let other = try place.write("other.lua", Self.script("two"))
            let failing = try await place.command.run(
                "function", "deploy", other, "--name", "f")
            #expect(failing.status == 1)
            #expect(failing.errors.contains("it says who it is"), "\(failing.errors)")
            #expect(try String(contentsOfFile: kept, encoding: .utf8) == Self.script("one"))
            let missing = try await place.command.run("function", "deploy", "nowhere.lua")
            #expect(missing.status != 0)
            #expect(missing.errors.contains("nowhere.lua: does not exist"))
        }
    }

    @Test func `a script of several functions is not deployed as one's own`() async throws {
        let config = """
            functions:
              warm: { script: shared.lua, inputs: { at: 20 } }
              hot: { script: shared.lua, inputs: { at: 30 } }
            """
        try await Workplace.with(config: config) { place in
            _ = try place.write("functions/shared.lua", Self.script("one"))
            let draft = try place.write("new.lua", Self.script("two"))
            for name in ["warm", "shared"] {
                let refused = try await place.command.run(
                    "function", "deploy", draft, "--name", name)
                #expect(refused.status == 4)
                #expect(refused.errors.contains("by the configuration"), "\(refused.errors)")
            }
        }
    }

    @Test func `over the network scripts are taken only where the configuration allows it`()
        async throws
    {
        for (config, status) in [(nil, 403), ("http:\n  deploy: true\n", 200)] as [(String?, Int)] {
            try await NetworkWorker.with(config: config, scopes: ["admin"]) { worker, token in
                let answer = try worker.ask(
                    "PUT", "/v1/functions/f/source", token: token,
                    ["Content-Type: text/x-lua"], body: Self.script("one"))
                #expect(answer.status == status, "\(answer.body)")
                let isThere = FileManager.default.fileExists(
                    atPath: worker.place.functions.appendingPathComponent("f.lua").path)
                #expect(isThere == (status == 200))
            }
        }
    }
}
