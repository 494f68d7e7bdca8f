import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

@Suite struct SandboxCommandTests {
    @Test func `a script is run twice over stored events and the runs are equal`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            let file = place.functions.appendingPathComponent("pass.lua").path
            let lines = (0..<700).map { #"{"n":\#($0)}"# }.joined(separator: "\n")
            try await place.command.run("produce", "raw", input: lines)
            let checked = try await place.command.run(
                "function", "check", "--twice", file, "--sample", "raw", "--last", "600")
            #expect(checked.status == 0, "\(checked.errors)")
            #expect(checked.lines.last == "\(file): 600 events run twice, all equal")
            #expect(try await place.command.run("read", "clean").status == 3)
        }
    }

    @Test func `a rehearsal without its station or of a missing one says what to do`()
        async throws
    {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            let file = place.functions.appendingPathComponent("pass.lua").path
            let alone = try await place.command.run("function", "check", "--twice", file)
            #expect(alone.status == 2)
            #expect(alone.errors.contains("--twice and --sample STATION go together"))
            try await place.command.run("station", "create", "other")
            let missing = try await place.command.run(
                "function", "check", "--twice", file, "--sample", "raw")
            #expect(missing.status == 3)
        }
    }

    @Test func `the doctor says which layers of the sandbox are active`() async throws {
        try await Workplace.with { place in
            let text = try await place.command.run("doctor")
            #expect(text.status == 0, "\(text.errors)")
            #expect(text.lines.contains { $0.hasPrefix("seccomp ") && $0.hasSuffix("active") })
            let json = try await place.command.run("doctor", "--json")
            let report = try json.json([String: JSONValue].self)
            #expect(report["function_host"] == .string(BuiltExecutables.functionHost))
            guard case .object(let layers) = report["layers"] else {
                Issue.record("no layers in \(json.output)")
                return
            }
            #expect(layers["seccomp"] == .bool(true) && layers["no_new_privs"] == .bool(true))
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `without its executable no function runs and the reason is told`() async throws {
        try await Workplace.with { place in
            try place.writeFunction("pass", from: "raw", to: "clean")
            var environment = place.command.environment
            environment["MOONRAIL_FUNCTION_HOST"] = "/nonexistent/function-host"
            let command = MoonrailCommand(environment: environment)
            let doctor = try await command.run("doctor")
            #expect(doctor.status == 1)
            #expect(doctor.errors.contains("/nonexistent/function-host"))
            let run = try await command.run("run", "--until-idle")
            #expect(run.status == 1)
            #expect(run.errors.contains("pass is not deployed"))
        }
    }
}
