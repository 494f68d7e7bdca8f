import MoonrailTestSupport
import Testing

/// `moonrail trace`: where events come from and what came of them, as people and programs see it.
@Suite struct TraceTests {
    private static let split = """
        return {
          from = "orders", to = "lines",
          handler = function(event, context)
            if event.data.bad then error("bad order") end
            for _, item in ipairs(event.data.items) do
              context.emit({ item = item }, { key = item })
            end
          end,
        }
        """
    private static let total = """
        return {
          from = "lines", to = "totals", state = { initial = { sold = 0 } },
          handler = function(event, context)
            if event.data.item == "bag" then return end
            context.state.sold = context.state.sold + 1
            return { sold = context.state.sold }
          end,
        }
        """

    /// A trace as a program reads it.
    private struct Trace: Decodable {
        struct Event: Decodable {
            var kind: String
            var key: String?
            var function: String?
            var runs: [Run]
        }
        struct Run: Decodable {
            var function: String
            var outcome: String
            var version: String?
            var events: [Event]
        }
        var causes: [Event]
        var event: Event
        var missing: [String]
    }

    private static func withOrders(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            _ = try place.write("functions/split.lua", split)
            _ = try place.write("functions/total.lua", total)
            try await place.command.run(
                "produce", "orders", "--key", "customer",
                input: """
                    {"customer":"ada","items":["pen","bag"]}
                    {"customer":"bob","items":["pen"],"bad":true}

                    """)
            try await place.command.run("run", "--until-idle")
            try await body(place)
        }
    }

    /// The output with what differs from run to run taken out.
    private static func masked(_ result: MoonrailCommand.Result) -> [String] {
        result.lines.map { line in
            line.replacing(#/@[0-9a-f]{7}/#, with: "@V")
                .replacing(#/-?[0-9.]+ (µs|ms|s)/#, with: "T")
                .replacing(#/[0-9-]{10}T[0-9:.]+Z/#, with: "TIME")
                .replacing(#/\/\S*\/functions\//#, with: "functions/")
        }
    }

    @Test func `an order is followed through all functions`() async throws {
        try await Self.withOrders { place in
            let result = try await place.command.run("trace", "orders", "0")
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            #expect(
                Self.masked(result) == [
                    "orders/0/0  key ada  produced TIME",
                    "└─ split@V  T",
                    "   ├─ lines/0/0  key pen",
                    "   │  └─ total@V  T",
                    "   │     ├─ state.total/0/0  key pen  state changed",
                    "   │     └─ totals/0/0  key pen",
                    "   └─ lines/0/1  key bag",
                    "      └─ total@V  T  nothing came of it",
                ])
            let tree = try await place.command.run("trace", "orders", "0", "--tree")
            #expect(tree.output == result.output)
        }
    }

    @Test func `a total is followed back to its order`() async throws {
        try await Self.withOrders { place in
            let result = try await place.command.run("trace", "totals", "0")
            #expect(
                Self.masked(result) == [
                    "orders/0/0  key ada  produced TIME",
                    "└─ split@V  T",
                    "   └─ lines/0/0  key pen",
                    "      └─ total@V  T",
                    "         └─ totals/0/0  key pen  <- this one",
                ])
        }
    }

    @Test func `a dead letter shows why, and what came of it when it was resent`() async throws {
        try await Self.withOrders { place in
            let before = try await place.command.run("trace", "orders", "1")
            #expect(
                Self.masked(before) == [
                    "orders/0/1  key bob  produced TIME",
                    "└─ split@V  T",
                    "   └─ dead.split/0/0  key bob  dead letter, pending  raised: "
                        + "functions/split.lua:4: bad order",
                ])
            _ = try place.write(
                "functions/split.lua", Self.split.replacing("event.data.bad", with: "false"))
            try await place.command.run("dead", "retry", "split", "--all")
            let after = try await place.command.run("trace", "orders", "1")
            #expect(
                Self.masked(after) == [
                    "orders/0/1  key bob  produced TIME",
                    "├─ split@V  T",
                    "│  └─ dead.split/0/0  key bob  dead letter, resent  raised: "
                        + "functions/split.lua:4: bad order",
                    "└─ split@V  T  resent",
                    "   └─ lines/0/2  key pen",
                    "      └─ total  has not come to it yet",
                ])
        }
    }

    @Test func `programs get the same as JSON`() async throws {
        try await Self.withOrders { place in
            let result = try await place.command.run("trace", "orders", "0", "--json")
            let trace = try result.json(Trace.self)
            #expect(trace.causes.isEmpty && trace.missing.isEmpty)
            #expect(trace.event.kind == "produced" && trace.event.function == nil)
            let run = try #require(trace.event.runs.first)
            #expect(run.function == "split" && run.outcome == "effects" && run.version?.count == 64)
            #expect(run.events.map(\.key) == ["pen", "bag"])
            #expect(run.events.map(\.kind) == ["emitted", "emitted"])
            #expect(run.events[0].runs.map(\.outcome) == ["effects"])
            #expect(run.events[0].runs[0].events.map(\.kind) == ["state", "emitted"])
            #expect(run.events[1].runs.map(\.outcome) == ["nothing"])
            let members = [
                #""appended_at":""#, #""after_us":"#, #""generation":0"#, #""key":"pen""#,
                #""missing":[]"#, #""offset":0"#, #""partition":0"#, #""station":"orders""#,
            ]
            for member in members { #expect(result.output.contains(member), "\(member)") }
            #expect(result.lines.count == 1)
        }
    }

    @Test func `what is not there is named, and how to ask`() async throws {
        try await Self.withOrders { place in
            func failure(_ arguments: String...) async throws -> (Int32, String) {
                let result = try await place.command.start(["trace"] + arguments).finish()
                return (result.status, result.errors)
            }
            var (status, errors) = try await failure("nothing", "0")
            #expect(status == 3 && errors.contains("station 'nothing' does not exist"))
            (status, errors) = try await failure("orders", "2")
            #expect(status == 3)
            #expect(errors.contains("orders/0 has no event at offset 2; its last is 1"))
            (status, errors) = try await failure("orders", "0", "--partition", "1")
            #expect(status == 3 && errors.contains("has no partition 1"))
            (status, errors) = try await failure("orders", "0", "--limit", "0")
            #expect(status == 2 && errors.contains("it must be 1 to 1000"))
            (status, errors) = try await failure("orders", "-1")
            #expect(status == 2)
            (status, errors) = try await failure("Orders", "0")
            #expect(status == 2)
        }
    }
}
