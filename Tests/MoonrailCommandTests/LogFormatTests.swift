import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// The worker's log, as people and programs read it.
@Suite struct LogFormatTests {
    /// What a worker logs that runs until it is idle.
    private static func log(_ arguments: String...) async throws -> [String] {
        var log: [String] = []
        try await Workplace.with { place in
            _ = try place.write(
                "functions/f.lua",
                """
                return {
                  from = "raw", to = "clean",
                  handler = function(event, context) context.log.warn("say \\"n\\"") end,
                }
                """)
            try await place.command.run("produce", "raw", input: "1\n")
            var environment = place.command.environment
            environment["MOONRAIL_LOG_FORMAT"] = nil
            let command = MoonrailCommand(environment: environment)
            let result = try await command.start(["run", "--until-idle"] + arguments).finish()
            #expect(result.status == 0)
            log = result.errors.split(separator: "\n").map(String.init)
        }
        return log
    }

    @Test func `where no terminal is, each line of the log is a document`() async throws {
        let lines = try await Self.log().filter { $0.hasPrefix("{") }
        let documents = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(documents.count > 1)
        for document in documents {
            #expect(EventTime(document["time"]?.text ?? "") != nil)
            #expect(document["message"]?.text?.isEmpty == false)
        }
        let said = documents.first { $0["message"]?.text?.hasSuffix("say \"n\"") == true }
        #expect(said?["level"] == "warning")
    }

    @Test func `whoever asks for text gets text`() async throws {
        let lines = try await Self.log("--log-format", "text")
        #expect(!lines.contains { $0.hasPrefix("{") })
        #expect(lines.contains { $0.contains("warning") && $0.hasSuffix("say \"n\"") })
    }
}
