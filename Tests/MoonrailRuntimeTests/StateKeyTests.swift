import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Under which keys functions may keep state, and how much of it.
@Suite struct StateKeyTests {
    @Test func `a key of another partition is refused with what to do`() async throws {
        let script = """
            return {
              from = "orders", state = { key = "customer" },
              handler = function(event, context) context.state.n = 1 end,
            }
            """
        try await TestLine.with(["keep": script]) { line in
            try await line.engine.open("orders", settings: .init(partitions: 4))
            // By its own key each event is where its state is; by another, most are not.
            try await line.produce(
                "orders", keyed: (0..<40).map { ("c\($0)", #"{"customer":"c\#($0)"}"#) })
            try await line.produce(
                "orders", keyed: (0..<40).map { ("c\($0)", #"{"customer":"x"}"#) })
            try await line.runUntilIdle()
            let states = FunctionStates(engine: line.engine)
            #expect(try await states.count(of: "keep") == 41)
            var messages: Set<String> = []
            for letter in try await line.events("dead.keep") {
                messages.insert(letter.header("deadmessage") ?? "")
            }
            #expect(messages.count == 3)
            #expect(
                messages.allSatisfy {
                    $0.contains("the state of key 'x' is kept in partition")
                        && $0.contains("have a function pass the events on under that key first")
                })
        }
    }

    @Test func `an event without a key to keep state under becomes a dead letter that says so`()
        async throws
    {
        try await TestLine.with(["count": StateTests.counting]) { line in
            try await line.produce(
                "orders",
                [#"{"other":1}"#, #"{"customer":1.5}"#, #"{"customer":17}"#, #"{"customer":""}"#])
            try await line.runUntilIdle()
            #expect(try await StateTests.state(line) == ["17": #"{"count":1}"#])
            let messages = try await line.events("dead.count").compactMap {
                $0.header("deadmessage")?.components(separatedBy: "count.lua: ").last
            }
            #expect(
                messages == [
                    "state.key: event.data.customer is missing",
                    "state.key: event.data.customer is neither a text nor a whole number",
                    "the state key has 0 bytes; it may have 1 to 1024",
                ])
        }
    }

    @Test func `a function may say the key, and what it raises fails its event`() async throws {
        let script = """
            return {
              from = "orders",
              state = { key = function(event)
                if event.data.n == 3 then error("no key for three") end
                return event.data.n % 2
              end },
              handler = function(event, context)
                context.state.sum = (context.state.sum or 0) + event.data.n
              end,
            }
            """
        try await TestLine.with(["sum": script]) { line in
            try await line.produce("orders", (1...6).map { #"{"n":\#($0)}"# })
            try await line.runUntilIdle()
            #expect(
                try await StateTests.state(line, "sum") == [
                    "0": #"{"sum":12}"#, "1": #"{"sum":6}"#,
                ])
            let letters = try await line.events("dead.sum")
            #expect(letters.count == 1)
            #expect(letters[0].header("deadmessage")?.contains("no key for three") == true)
        }
    }

    @Test func `more state than is allowed is an error of the event that makes it`() async throws {
        let script = """
            return {
              from = "orders", state = { key = "customer" },
              handler = function(event, context)
                context.state.text = string.rep("x", event.data.size)
              end,
            }
            """
        var overrides = FunctionOverrides()
        overrides.stateBytes = 1_024
        overrides.stateKeys = 2
        try await TestLine.with(["keep": script], overrides: ["keep": overrides]) { line in
            try await line.produce(
                "orders",
                [
                    #"{"customer":"a","size":10}"#, #"{"customer":"a","size":2000}"#,
                    #"{"customer":"b","size":10}"#, #"{"customer":"c","size":10}"#,
                    #"{"customer":"a","size":20}"#,
                ])
            try await line.runUntilIdle()
            let state = try await StateTests.state(line, "keep")
            #expect(state.keys.sorted() == ["a", "b"])
            #expect(state["a"] == #"{"text":"\#(String(repeating: "x", count: 20))"}"#)
            let messages = try await line.events("dead.keep").compactMap {
                $0.header("deadmessage")
            }
            #expect(messages.count == 2)
            #expect(messages[0].contains("the state of key 'a' has 2011 bytes; 1024 is the most"))
            #expect(messages[1].contains("as many keys as it may"))
        }
    }
}
