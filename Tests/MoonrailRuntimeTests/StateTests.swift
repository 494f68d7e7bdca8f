import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// What functions keep from one event to the next, over a real store and real hosts.
@Suite struct StateTests {
    static let counting = """
        return {
          from = "orders", to = "totals",
          state = { key = "customer", initial = { count = 0 } },
          handler = function(event, context)
            local order, state = event.data, context.state
            if order.bad then state.count = 1000 error("bad order") end
            if order.refuse then state.count = 1000 return context.reject("refused") end
            if order.close then state.count = nil return nil end
            state.count = state.count + 1
            return { customer = order.customer, count = state.count }
          end,
        }
        """

    private static func orders(_ customers: [String]) -> [String] {
        customers.map { #"{"customer":"\#($0)"}"# }
    }

    static func state(
        _ line: TestLine, _ function: FunctionName = "count"
    ) async throws -> [String: String] {
        var all: [String: String] = [:]
        for entry in try await FunctionStates(engine: line.engine)
            .page(of: function, after: nil, limit: 1_000)
        {
            all[String(decoding: entry.key, as: UTF8.self)] =
                entry.value.map { String(decoding: $0.json, as: UTF8.self) }
        }
        return all
    }

    @Test func `each key has a state of its own, which lasts over batches and restarts`()
        async throws
    {
        try await TestLine.with(["count": Self.counting]) { line in
            let customers = (0..<2_000).map { "c\($0 % 7)" }
            try await line.produce("orders", Self.orders(customers))
            try await line.runUntilIdle()
            try await line.produce("orders", Self.orders(["c0", "new"]))
            try await line.runUntilIdle()
            var counts: [String: Int] = [:]
            let expected = (customers + ["c0", "new"]).map { customer in
                counts[customer, default: 0] += 1
                return #"{"count":\#(counts[customer] ?? 0),"customer":"\#(customer)"}"#
            }
            #expect(try await line.payloads("totals") == expected)
            #expect(
                try await Self.state(line) == counts.mapValues { #"{"count":\#($0)}"# })
            #expect(try await FunctionStates(engine: line.engine).count(of: "count") == 8)
        }
    }

    @Test func `an event that fails or is rejected leaves the state as it was`() async throws {
        try await TestLine.with(["count": Self.counting]) { line in
            try await line.produce(
                "orders",
                [
                    #"{"customer":"a"}"#, #"{"customer":"a","bad":true}"#,
                    #"{"customer":"a","refuse":true}"#, #"{"customer":"a"}"#,
                ])
            try await line.runUntilIdle()
            #expect(try await Self.state(line) == ["a": #"{"count":2}"#])
            #expect(try await line.counts("count").deadLetters == 2)
            // A letter that is run again sees the state of then.
            try line.write(
                "count", Self.counting.replacing("if order.bad", with: "if order.worse"))
            let report = try await line.deadLetters.fulfil(
                LetterWish(.retry, .reason("raised")), of: "count")
            #expect(report.resent == 1)
            #expect(try await Self.state(line) == ["a": #"{"count":3}"#])
            #expect(try await line.payloads("totals").last == #"{"count":3,"customer":"a"}"#)
        }
    }

    @Test func `a letter that is tried out sees the state of now, and changes nothing`()
        async throws
    {
        try await TestLine.with(["count": Self.counting]) { line in
            try await line.produce(
                "orders",
                [
                    #"{"customer":"a","bad":true}"#, #"{"customer":"a"}"#, #"{"customer":"a"}"#,
                ])
            try await line.runUntilIdle()
            let letter = try #require(
                DeadLetter(
                    try await line.engine.read(
                        StationCursor(station: "dead.count", partition: 0, offset: 0),
                        bounds: ReadBounds()), 0))
            let mended = Self.counting.replacing("if order.bad", with: "if order.worse")
            let examined = await line.deployment().examine(
                name: "count", file: "count.lua", source: Array(mended.utf8))
            guard case .deployable(let function) = examined else {
                Issue.record("it can't be deployed")
                return
            }
            let report = try await LetterRehearsal(engine: line.engine, hosts: line.hosts)
                .run(letter, in: function)
            let emitted = report.emissions.map {
                String(decoding: $0.event.payload, as: UTF8.self)
            }
            #expect(emitted == [#"{"count":3,"customer":"a"}"#])
            #expect(try await Self.state(line) == ["a": #"{"count":2}"#])
        }
    }

    @Test func `a state that is emptied is gone, and its key begins anew`() async throws {
        try await TestLine.with(["count": Self.counting]) { line in
            try await line.produce(
                "orders",
                [
                    #"{"customer":"a"}"#, #"{"customer":"b"}"#, #"{"customer":"a","close":true}"#,
                ])
            try await line.runUntilIdle()
            #expect(try await Self.state(line) == ["b": #"{"count":1}"#])
            #expect(try await FunctionStates(engine: line.engine).count(of: "count") == 1)
            try await line.produce("orders", Self.orders(["a"]))
            try await line.runUntilIdle()
            #expect(try await line.payloads("totals").last == #"{"count":1,"customer":"a"}"#)
        }
    }

    @Test func `what the state was is told for any moment, with the event that made it so`()
        async throws
    {
        try await TestLine.with(["count": Self.counting]) { line in
            try await line.produce("orders", Self.orders((0..<100).map { "c\($0 % 3)" }))
            try await line.runUntilIdle()
            let states = FunctionStates(engine: line.engine)
            for offset in UInt64(0)..<100 {
                for customer in 0..<3 {
                    let entry = try await states.value(
                        of: "count", key: Array("c\(customer)".utf8), at: .offset(offset))
                    let events = (0...offset).filter { $0 % 3 == UInt64(customer) }
                    let value = entry.value.map { String(decoding: $0.json, as: UTF8.self) }
                    #expect(value == (events.isEmpty ? nil : #"{"count":\#(events.count)}"#))
                    #expect(entry.change?.origin.place.offset == events.last)
                }
            }
            let history = try await states.history(
                of: "count", key: Array("c2".utf8), limit: 5)
            #expect(history.map(\.cause) == [86, 89, 92, 95, 98].map { "orders/0/\($0)" })
            await #expect(throws: StateUnknown.self) {
                try await states.value(of: "count", key: [0x63], at: .offset(100))
            }
        }
    }

    @Test func `state at a time is what was settled by then`() async throws {
        try await TestLine.with(["count": Self.counting]) { line in
            let before = EventTime.now
            try await line.produce("orders", Self.orders(["a"]))
            try await line.runUntilIdle()
            let between = EventTime.now
            try await line.produce("orders", Self.orders(["a"]))
            try await line.runUntilIdle()
            let states = FunctionStates(engine: line.engine)
            let values = try await [before, between, .now].asyncMap { time in
                try await states.value(of: "count", key: [0x61], at: .time(time)).value
                    .map { String(decoding: $0.json, as: UTF8.self) }
            }
            #expect(values == [nil, #"{"count":1}"#, #"{"count":2}"#])
        }
    }

    @Test func `a new shape is made of the old one when its key is touched`() async throws {
        let second = """
            return {
              from = "orders", to = "totals",
              state = {
                key = "customer", initial = { orders = { count = 0 } }, version = 2,
                migrate = function(old, version)
                  return { orders = { count = old.count }, from = version }
                end,
              },
              handler = function(event, context)
                local orders = context.state.orders
                orders.count = orders.count + 1
                return { count = orders.count }
              end,
            }
            """
        try await TestLine.with(["count": Self.counting]) { line in
            try await line.produce("orders", Self.orders(["a", "a", "b"]))
            try await line.runUntilIdle()
            try line.write("count", second)
            try await line.produce("orders", Self.orders(["a", "c"]))
            try await line.runUntilIdle()
            #expect(
                try await Self.state(line) == [
                    "a": #"{"from":1,"orders":{"count":3}}"#, "b": #"{"count":1}"#,
                    "c": #"{"orders":{"count":1}}"#,
                ])
        }
    }

    @Test func `what an event emitted in vain leaves no state behind, nor in what follows`()
        async throws
    {
        let script = """
            return {
              from = "orders", to = "totals", state = { key = "customer", initial = { n = 0 } },
              handler = function(event, context)
                context.state.n = context.state.n + 1
                context.emit({ n = context.state.n }, { id = event.data.id })
              end,
            }
            """
        try await TestLine.with(["count": script]) { line in
            // The second one's id is there already, with another payload.
            try await line.produce(
                "orders",
                ["1", "1", "2", "3"].map { #"{"customer":"a","id":"\#($0)"}"# })
            try await line.runUntilIdle()
            #expect(try await line.payloads("totals") == [#"{"n":1}"#, #"{"n":2}"#, #"{"n":3}"#])
            #expect(try await Self.state(line) == ["a": #"{"n":3}"#])
            #expect(try await line.counts("count").deadLetters == 1)
        }
    }

    @Test func `behind an event that parks its key nothing has changed the state`() async throws {
        var overrides = FunctionOverrides()
        overrides.onFailure = .parkKey
        let script = Self.counting.replacing(
            #"state = { key = "customer", "#, with: "state = { ")
        try await TestLine.with(["count": script], overrides: ["count": overrides]) { line in
            try await line.produce(
                "orders",
                keyed: [
                    ("a", #"{"customer":"a"}"#), ("a", #"{"customer":"a","bad":true}"#),
                    ("a", #"{"customer":"a"}"#), ("b", #"{"customer":"b"}"#),
                    ("a", #"{"customer":"a"}"#),
                ])
            try await line.runUntilIdle()
            #expect(try await Self.state(line) == ["a": #"{"count":1}"#, "b": #"{"count":1}"#])
            #expect(try await line.counts("count").parked == 2)
        }
    }

    @Test func `state is a fold of the events, whatever happens to hosts and batches`()
        async throws
    {
        var random = SeededGenerator.printed()
        let script = """
            return {
              from = "orders", to = "totals", batch = 16, state = { key = "k" },
              handler = function(event, context)
                local state, order = context.state, event.data
                if order.spin then while true do end end
                if order.bad then error("bad") end
                local list = state.list or {}
                list[#list + 1] = order.n
                if #list > 5 then table.remove(list, 1) end
                state.list = list
                state.sum = (state.sum or 0) + order.n
                if order.clear then for name in pairs(state) do state[name] = nil end end
                return { k = order.k, list = list, sum = state.sum or 0 }
              end,
            }
            """
        try await TestLine.with(["fold": script]) { line in
            var sums: [String: Int] = [:]
            var emitted: [Int] = []
            var number = 0
            for _ in 0..<6 {
                var payloads: [String] = []
                for _ in 0..<Int.random(in: 50...300, using: &random) {
                    let key = "k\(Int.random(in: 0..<12, using: &random))"
                    number += 1
                    switch Int.random(in: 0..<100, using: &random) {
                    case 0:
                        payloads.append(#"{"k":"\#(key)","n":\#(number),"spin":true}"#)
                    case 1...4:
                        payloads.append(#"{"k":"\#(key)","n":\#(number),"bad":true}"#)
                    case 5...9:
                        payloads.append(#"{"k":"\#(key)","n":\#(number),"clear":true}"#)
                        emitted.append(0)
                        sums[key] = nil
                    default:
                        payloads.append(#"{"k":"\#(key)","n":\#(number)}"#)
                        sums[key, default: 0] += number
                        emitted.append(sums[key] ?? 0)
                    }
                }
                try await line.produce("orders", payloads)
                try await line.runUntilIdle()
            }
            let state = try await Self.state(line, "fold")
            #expect(state.count == sums.count)
            for (key, sum) in sums {
                #expect(state[key]?.hasSuffix(#""sum":\#(sum)}"#) == true, "\(key)")
            }
            let found = try await line.payloads("totals").map { payload in
                payload.firstMatch(of: #/"sum":(\d+)/#).flatMap { Int($0.1) } ?? -1
            }
            #expect(found == emitted)
            #expect(
                try await FunctionStates(engine: line.engine).count(of: "fold")
                    == UInt64(sums.count))
        }
    }
}

extension Array {
    fileprivate func asyncMap<Mapped>(
        _ body: (Element) async throws -> Mapped
    ) async throws -> [Mapped] {
        var mapped: [Mapped] = []
        for element in self { mapped.append(try await body(element)) }
        return mapped
    }
}
