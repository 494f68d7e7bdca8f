import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

@Suite struct WorkerTests {
    private static func doubling(from: String, to: String) -> String {
        """
        return { from = "\(from)", to = "\(to)", handler = function(event)
          return { n = event.data.n * 2 }
        end }
        """
    }

    private static func numbers(_ range: Range<Int>) -> [String] {
        range.map { #"{"n":\#($0)}"# }
    }

    @Test func `a chain of three functions passes every event on, in order`() async throws {
        try await TestLine.with([
            "one": Self.doubling(from: "a", to: "b"), "two": Self.doubling(from: "b", to: "c"),
            "three": Self.doubling(from: "c", to: "d"),
        ]) { line in
            try await line.produce("a", Self.numbers(0..<5_000))
            try await line.runUntilIdle()
            #expect(try await line.payloads("d") == (0..<5_000).map { #"{"n":\#($0 * 8)}"# })
            let counts = try await line.counts("three")
            #expect(counts.processed == 5_000 && counts.emitted == 5_000)
        }
    }

    @Test func `a lane whose input was made anew has begun before it counts as idle`() async throws
    {
        try await TestLine.with(["one": Self.doubling(from: "a", to: "b")]) { line in
            var expected: [String] = []
            for round in 0..<20 {
                try await line.produce("a", Self.numbers(round..<round + 3))
                try await line.runUntilIdle()
                expected += (round..<round + 3).map { #"{"n":\#($0 * 2)}"# }
                #expect(try await line.payloads("b") == expected)
                // Of another one of its name the lane has no position until it is claimed.
                try await line.engine.delete("a")
            }
        }
    }

    @Test func `a second run takes up where the first ended and does nothing twice`() async throws {
        try await TestLine.with(["one": Self.doubling(from: "a", to: "b")]) { line in
            try await line.produce("a", Self.numbers(0..<100))
            try await line.runUntilIdle()
            try await line.runUntilIdle()
            try await line.produce("a", Self.numbers(100..<200))
            try await line.runUntilIdle()
            #expect(try await line.payloads("b") == (0..<200).map { #"{"n":\#($0 * 2)}"# })
        }
    }

    @Test func `with no events at all an idle run ends`() async throws {
        try await TestLine.with(["one": Self.doubling(from: "a", to: "b")]) { line in
            let functions = try await line.runUntilIdle()
            #expect(functions.map(\.state) == [.running])
        }
    }

    @Test func `a broken file keeps its own function back and no other`() async throws {
        try await TestLine.with([
            "one": Self.doubling(from: "a", to: "b"), "broken": "return { from = ",
            "unknown-field": "return { form = 'a', handler = function() end }",
        ]) { line in
            try await line.produce("a", Self.numbers(0..<10))
            let functions = try await line.runUntilIdle()
            #expect(functions.map(\.name.text) == ["broken", "one", "unknown-field"])
            #expect(functions[1].state == .running)
            guard case .failed(let broken) = functions[0].state,
                case .failed(let unknown) = functions[2].state
            else {
                Issue.record("broken functions were deployed: \(functions)")
                return
            }
            #expect(broken.contains("functions/broken.lua:1:"))
            #expect(unknown.contains("field 'form' is not known; did you mean 'from'?"))
            #expect(try await line.payloads("b").count == 10)
        }
    }

    @Test func `inputs with unequal numbers of partitions are refused with the numbers`()
        async throws
    {
        try await TestLine.with([
            "join": "return { from = { 'a', 'b' }, handler = function() end }"
        ]) { line in
            try await line.engine.open("a", settings: .init(partitions: 2))
            let functions = try await line.runUntilIdle()
            guard case .failed(let why) = functions[0].state else {
                Issue.record("it was deployed")
                return
            }
            #expect(why.contains("equal numbers of partitions; a has 2, b has 1"))
        }
    }

    @Test func `a function of two stations takes all events of both`() async throws {
        try await TestLine.with([
            "both": """
            return { from = { "a", "b" }, to = "c", handler = function(event)
              return { n = event.data.n, station = event.station }
            end }
            """
        ]) { line in
            try await line.produce("a", Self.numbers(0..<700))
            try await line.produce("b", Self.numbers(0..<50))
            try await line.runUntilIdle()
            let merged = try await line.payloads("c")
            for (station, count) in [("a", 700), ("b", 50)] {
                #expect(
                    merged.filter { $0.contains("\"station\":\"\(station)\"") }
                        == (0..<count).map { #"{"n":\#($0),"station":"\#(station)"}"# })
            }
        }
    }

    @Test func `keyed events stay in their lane and in order`() async throws {
        try await TestLine.with(["one": Self.doubling(from: "a", to: "b")]) { line in
            try await line.engine.open("a", settings: .init(partitions: 4))
            try await line.engine.open("b", settings: .init(partitions: 4))
            for key in ["x", "y", "z", "w"] {
                try await line.produce("a", Self.numbers(0..<300), key: key)
            }
            try await line.runUntilIdle()
            var byKey: [[UInt8]: [String]] = [:]
            for partition in 0..<UInt32(4) {
                for event in try await line.events("b", partition: partition) {
                    byKey[event.key ?? [], default: []].append(
                        String(decoding: event.payload, as: UTF8.self))
                }
            }
            #expect(byKey.count == 4)
            for payloads in byKey.values {
                #expect(payloads == (0..<300).map { #"{"n":\#($0 * 2)}"# })
            }
        }
    }

    @Test func `one script attached twice runs with the inputs of each`() async throws {
        var low = FunctionOverrides()
        low.script = "add.lua"
        low.inputs = .object(["amount": .integer(1)])
        low.to = ["low"]
        var high = low
        high.inputs = .object(["amount": .integer(100)])
        high.to = ["high"]
        try await TestLine.with(
            [
                "add": """
                return { from = "a", handler = function(event, context)
                  return { n = event.data.n + context.inputs.amount }
                end }
                """
            ], overrides: ["add-low": low, "add-high": high]
        ) { line in
            try await line.produce("a", Self.numbers(0..<1))
            let functions = try await line.runUntilIdle()
            #expect(functions.map(\.name.text) == ["add-high", "add-low"])
            #expect(try await line.payloads("low") == [#"{"n":1}"#])
            #expect(try await line.payloads("high") == [#"{"n":100}"#])
        }
    }
}
