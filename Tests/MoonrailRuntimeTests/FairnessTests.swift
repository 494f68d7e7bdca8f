import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

@Suite struct FairnessTests {
    private static let backlog = 100_000

    /// Works for long enough on each event that its backlog outlives the test.
    private static let busy = """
        return { from = "backlog", to = "results", handler = function(event)
          local sum = 0
          for i = 1, 20000 do sum = sum + i end
          return { n = event.data.n, sum = sum }
        end }
        """

    private static func quiet(_ number: Int) -> String {
        """
        return { from = "in-\(number)", to = "out-\(number)", handler = function(event)
          return event.data
        end }
        """
    }

    @Test func `no function waits for another's backlog`() async throws {
        let numbers = 1...19
        var functions = ["busy": Self.busy]
        for number in numbers { functions["quiet-\(number)"] = Self.quiet(number) }
        try await TestLine.with(functions) { line in
            try await line.produce("backlog", (0..<Self.backlog).map { #"{"n":\#($0)}"# })
            try await line.whileRunning { _ in
                while try await line.counts("busy").processed == 0 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                for round in 1...3 {
                    for number in numbers {
                        try await line.produce("in-\(number)", [#"{"round":\#(round)}"#])
                    }
                    for number in numbers {
                        while try await line.counts("quiet-\(number)").processed < round {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
                let processed = try await line.counts("busy").processed
                #expect(processed < Self.backlog, "the others waited for the backlog's end")
            }
            for number in numbers {
                #expect(
                    try await line.payloads("out-\(number)")
                        == (1...3).map { #"{"round":\#($0)}"# })
            }
        }
    }

    @Test func `of several functions with a backlog each makes progress`() async throws {
        let names = (1...5).map { "busy-\($0)" }
        let functions = Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, Self.busy.replacing("results", with: "results-\($0)"))
            })
        try await TestLine.with(functions) { line in
            try await line.produce("backlog", (0..<Self.backlog).map { #"{"n":\#($0)}"# })
            try await line.whileRunning { _ in
                for name in names {
                    while try await line.counts(name).processed < 512 {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                for name in names {
                    #expect(try await line.counts(name).processed < Self.backlog)
                }
            }
        }
    }
}
