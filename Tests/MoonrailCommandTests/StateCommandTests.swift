import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// State as people look it up.
@Suite struct StateCommandTests {
    private static let script = """
        return {
          from = "payments",
          state = { initial = { cents = 0 } },
          handler = function(event, context)
            context.state.cents = context.state.cents + event.data.cents
          end,
        }
        """

    private static func withBalances(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/balance.lua", script)
            try await place.command.run(
                "produce", "payments", "--key", "account",
                input: """
                    {"account":"a","cents":100}
                    {"account":"b","cents":5}
                    {"account":"a","cents":-30}

                    """)
            try await place.command.run("run", "--until-idle")
            try await body(place)
        }
    }

    @Test func `the state of a key is shown as it is, and as it was`() async throws {
        try await Self.withBalances { place in
            let now = try await place.command.run("state", "get", "balance", "a")
            #expect(now.status == 0 && now.output == "{\"cents\":70}\n" && now.errors.isEmpty)
            let then = try await place.command.run("state", "get", "balance", "a", "--at", "1")
            #expect(then.output == "{\"cents\":100}\n")
            #expect(then.errors.contains("as event payments/0/0 of "))
            let before = try await place.command.run(
                "state", "get", "balance", "b", "--at", "0")
            #expect(before.status == 3)
            #expect(before.errors.contains("key 'b' has no state at 0"))
            let ahead = try await place.command.run("state", "get", "balance", "a", "--at", "3")
            #expect(ahead.status == 3)
            #expect(
                ahead.errors.contains(
                    "'balance' has not come to offset 3 of payments/0 yet; it is at 3"))
            let json = try await place.command.run(
                "state", "get", "balance", "a", "--at", "2", "--json")
            #expect(json.output.contains(#""cause":"payments/0/2""#))
        }
    }

    @Test func `the timers of a key are shown with its state`() async throws {
        try await Workplace.with { place in
            _ = try place.write(
                "functions/remind.lua",
                """
                return {
                  from = "tasks", state = {},
                  handler = function(event, context) context.timer(event.time + 1000, "due") end,
                  on_timer = function(timer, context) end,
                }
                """)
            try await place.command.run(
                "produce", "tasks", "--key", "task", "--time", "at",
                input: #"{"task":"a","at":"2026-01-31T08:00:00Z"}"#)
            try await place.command.run("run", "--until-idle")
            let now = try await place.command.run("state", "get", "remind", "a")
            #expect(now.status == 0 && now.output.isEmpty)
            #expect(now.errors.contains("timer 'due' waits for 2026-01-31T08:00:01Z"))
            let then = try await place.command.run(
                "state", "get", "remind", "a", "--at", "0", "--json")
            #expect(
                then.output.contains(
                    #""timers":[{"name":"due","time":"2026-01-31T08:00:01Z"}]"#))
        }
    }

    @Test func `keys are listed and counted, and changes are told`() async throws {
        try await Self.withBalances { place in
            let list = try await place.command.run("state", "list", "balance")
            #expect(
                list.lines == ["KEY  STATE", "a    {\"cents\":70}", "b    {\"cents\":5}"])
            let first = try await place.command.run(
                "state", "list", "balance", "--limit", "1", "--json")
            #expect(
                first.lines == [#"{"key":"a","partition":0,"value":{"cents":70},"version":1}"#])
            let count = try await place.command.run("state", "count", "balance")
            #expect(count.output == "2\n")
            let history = try await place.command.run("state", "history", "balance", "a")
            #expect(history.lines.count == 3)
            #expect(history.lines[1].contains("payments/0/0"))
            #expect(history.lines[2].hasSuffix("{\"cents\":70}"))
        }
    }

    @Test func `a function without state, or none at all, is told so`() async throws {
        try await Self.withBalances { place in
            try place.writeFunction("plain", from: "payments", to: "copies")
            try await place.command.run("run", "--until-idle")
            for arguments in [["get", "plain", "a"], ["list", "plain"], ["count", "unheard-of"]] {
                let result = try await place.command.start(["state"] + arguments).finish()
                #expect(result.status == 3)
                #expect(result.errors.contains("keeps no state, or never ran"))
            }
            let wrong = try await place.command.run(
                "state", "get", "balance", "a", "--at", "yesterday")
            #expect(wrong.status == 2)
        }
    }

    @Test func `tests give the state before and say what it is after`() async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/balance.lua", Self.script)
            _ = try place.write(
                "functions/balance.test.yaml",
                """
                - name: a payment adds to what is there
                  state: { a: { cents: 10 }, b: { cents: 1 } }
                  event: { data: { cents: 5 }, key: a }
                  state_after: { a: { cents: 15 } }

                - name: a first payment
                  event: { data: { cents: 5 }, key: a }
                  state_after: { a: { cents: 6 }, c: { cents: 1 } }

                - name: another key's state must not change
                  event: { data: { cents: 5 }, key: a }
                  state_after: {}

                """)
            let result = try await place.command.run("function", "test", "balance")
            #expect(result.status == 1)
            #expect(result.output.hasSuffix("1 passed, 2 failed\n"))
            #expect(result.output.contains("state of 'a'.cents is 5; expected 6"))
            #expect(result.output.contains(#"state of 'c' is null; expected {"cents":1}"#))
            #expect(
                result.output.contains(
                    #"state of 'a' was not expected to change; it is {"cents":5}"#))
        }
    }
}
