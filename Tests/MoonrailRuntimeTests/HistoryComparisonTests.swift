import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// History that runs again and is compared with what is there.
@Suite struct HistoryComparisonTests {
    private static let celsius = """
        return {
          from = "in", to = { "out", "alarms" },
          handler = function(event, context)
            local n = event.data.n
            if n % 10 == 3 then return nil end
            if n % 50 == 7 then error("seven") end
            if n % 20 == 0 then context.emit({ n = n, alarm = true }, { to = "alarms" }) end
            context.emit({ n = n, twice = n * 2 }, { to = "out" })
          end,
        }
        """

    private static func numbers(_ range: Range<Int>) -> [String] { range.map { #"{"n":\#($0)}"# } }

    static func compare(
        _ line: TestLine, _ function: FunctionName, script: String? = nil,
        from: StartingPoint = .earliest
    ) async throws -> (
        report: HistoryComparison.Report, differences: [HistoryComparison.Difference]
    ) {
        var wish = HistoryComparison.Wish(function, from: from)
        if let script {
            let examined = await line.deployment().examine(
                name: function, file: "\(function).lua", source: Array(script.utf8))
            guard case .deployable(let deployable) = examined else {
                throw CancellationError()
            }
            wish.script = deployable
        }
        var differences: [HistoryComparison.Difference] = []
        let comparison = HistoryComparison(
            engine: line.engine, hosts: line.hosts, deployment: line.deployment(),
            logger: TestLine.logger)
        let report = try await comparison.run(wish) { news in
            if case .difference(let difference) = news { differences.append(difference) }
        }
        return (report, differences)
    }

    @Test func `a history that runs again as it ran gives the same bytes`() async throws {
        try await TestLine.with(["celsius": Self.celsius]) { line in
            try await line.produce("in", Self.numbers(0..<700))
            try await line.runUntilIdle()
            // Another version for what comes later.
            try line.write("celsius", Self.celsius.replacing("twice = n * 2", with: "half = n / 2"))
            try await line.produce("in", Self.numbers(700..<1_400))
            try await line.runUntilIdle()
            let (report, differences) = try await Self.compare(line, "celsius")
            #expect(report.isEqual && differences.isEmpty)
            #expect(report.events == 1_400 && report.eventsAll == 1_400)
            let events =
                try await line.events("out").count + line.events("alarms").count
                + line.events("dead.celsius").count
            #expect(report.counts.same == UInt64(events))
        }
    }

    @Test func `what another script would do is told output by output`() async throws {
        try await TestLine.with(["celsius": Self.celsius]) { line in
            try await line.produce("in", Self.numbers(0..<1_000))
            try await line.runUntilIdle()
            let before = try await line.engine.lanes()
            // Seventeen planted differences of all kinds.
            let planted = """
                if n == 13 or n == 23 then context.emit({ n = n }, { to = "out" }) return end
                if n >= 100 and n < 111 and n ~= 103 and n ~= 107 then
                  context.emit({ n = n, twice = n * 2 + 1 }, { to = "out" })
                  return
                end
                if n % 10 == 3 then return nil end
                if n == 207 then return nil end
                if n == 211 or n == 212 or n == 214 then return nil end
                if n == 215 then error("fifteen") end
                """
            let script = Self.celsius.replacing("if n % 10 == 3 then return nil end", with: planted)
            let (report, differences) = try await Self.compare(line, "celsius", script: script)
            // 100 lost its alarm, which was its first emission: both of its outputs differ.
            #expect(report.counts.added == 3)
            #expect(report.counts.changed == 9)
            #expect(report.counts.missing == 6)
            #expect(differences.count == 18)
            let added = differences.filter { $0.output.kind == .added }
            #expect(added.map(\.output.input.offset) == [13, 23, 215])
            #expect(added.last?.output.fault?.message.contains("fifteen") == true)
            let changed = differences.first { $0.output.input.offset == 101 }
            #expect(changed?.places == ["data.twice is 203; expected 202"])
            let missing = differences.filter { $0.output.kind == .missing }
            #expect(missing.map(\.output.input.offset) == [100, 207, 211, 212, 214, 215])
            #expect(missing[1].output.station == "dead.celsius")
            // Nothing came of it.
            #expect(try await line.engine.lanes() == before)
        }
    }

    @Test func `a script that writes the same otherwise differs, and no place does`() async throws {
        try await TestLine.with([
            "pass": """
            return { from = "in", to = "out", handler = function(event)
              return { n = event.data.n }
            end }
            """
        ]) { line in
            try await line.produce("in", [#"{"n": 1.50}"#])
            try await line.runUntilIdle()
            let script = """
                return { from = "in", to = "out", handler = function(event)
                  return event.data
                end }
                """
            let (report, differences) = try await Self.compare(line, "pass", script: script)
            #expect(report.counts.changed == 1)
            #expect(differences.first?.places == [])
        }
    }

    @Test func `after a replay it is the outputs of the last run that count`() async throws {
        try await TestLine.with(["celsius": Self.celsius]) { line in
            try await line.produce("in", Self.numbers(0..<200))
            try await line.runUntilIdle()
            try line.write("celsius", Self.celsius.replacing("n * 2", with: "n * 3"))
            try await ReplayTests.reset(line, "celsius", to: .offset(50), .append)
            try await line.runUntilIdle()
            let (verified, _) = try await Self.compare(line, "celsius")
            #expect(verified.isEqual && verified.events == 200)
            let (changed, _) = try await Self.compare(line, "celsius", script: Self.celsius)
            let outputs = (50..<200).filter { $0 % 10 != 3 && $0 % 50 != 7 }
            #expect(changed.counts.changed == UInt64(outputs.count))
        }
    }

    @Test func `a resent dead letter is no difference`() async throws {
        try await TestLine.with(["celsius": Self.celsius]) { line in
            try await line.produce("in", Self.numbers(0..<60))
            try await line.runUntilIdle()
            let mended = Self.celsius.replacing("if n % 50 == 7", with: "if n % 50 == 48")
            try line.write("celsius", mended)
            _ = try await line.deadLetters.fulfil(
                LetterWish(.retry, .reason("raised")), of: "celsius")
            let (report, _) = try await Self.compare(
                line, "celsius", script: mended.replacing("if n % 50 == 48", with: "if n == -1"))
            #expect(report.isEqual)
        }
    }

    @Test func `what the machine decided holds, and does not run`() async throws {
        let spinning = """
            return { from = "in", to = "out", limits = { time = "20ms" }, handler = function(event)
              if event.data.n == 5 then while true do end end
              return event.data
            end }
            """
        try await TestLine.with(["spin": spinning]) { line in
            try await line.produce("in", Self.numbers(0..<10))
            try await line.runUntilIdle()
            let (report, _) = try await Self.compare(line, "spin")
            #expect(report.isEqual && report.verdicts == 1 && report.events == 9)
        }
    }

    @Test func `a stateful history runs with the state that it had`() async throws {
        var generator = SeededGenerator.printed()
        let summing = """
            return {
              from = "in", to = "out", state = { key = "account", initial = { sum = 0 } },
              handler = function(event, context)
                context.state.sum = context.state.sum + event.data.n
                return { account = event.data.account, sum = context.state.sum }
              end,
            }
            """
        try await TestLine.with(["sum": summing]) { line in
            try await line.produce(
                "in",
                (0..<2_000).map { _ in
                    #"{"account":"a\#(generator.number(0...40))","n":\#(generator.number(1...9))}"#
                })
            try await line.runUntilIdle()
            let (whole, _) = try await Self.compare(line, "sum")
            #expect(whole.isEqual && whole.events == 2_000)
            let (part, _) = try await Self.compare(line, "sum", from: .offset(1_234))
            #expect(part.isEqual && part.events == 766)
            let (last, _) = try await Self.compare(line, "sum", script: summing, from: .last(10))
            #expect(last.isEqual && last.events == 10)
            // One that counts otherwise from a place on differs there only.
            let (other, _) = try await Self.compare(
                line, "sum", script: summing.replacing("+ event.data.n", with: "+ 1"),
                from: .last(1))
            #expect(other.counts.changed <= 1)
        }
    }

    @Test func `a history in which keys lose their state again has room for others`() async throws {
        let closing = """
            return {
              from = "in", to = "out", state = { key = "account" },
              handler = function(event, context)
                context.state.n = not event.data.closes and event.data.n or nil
                return { n = event.data.n }
              end,
            }
            """
        try await TestLine.with(["close": closing]) { line in
            try await line.produce(
                "in",
                [
                    #"{"account":"a","n":1}"#, #"{"account":"a","n":2,"closes":true}"#,
                    #"{"account":"b","n":3}"#, #"{"account":"a","n":4}"#,
                ])
            try await line.runUntilIdle()
            let (report, differences) = try await Self.compare(line, "close")
            #expect(report.counts.same == 4 && differences.isEmpty)
        }
    }

    @Test func `what retention has removed is counted, not guessed`() async throws {
        try await TestLine.with(["celsius": Self.celsius]) { line in
            try await line.produce("in", Self.numbers(0..<600))
            try await line.runUntilIdle()
            try await line.produce("in", Self.numbers(600..<700))
            try await line.runUntilIdle()
            try await line.engine.alter(
                "in", settings: StationSettings(retention: Retention(events: 100)))
            try await line.engine.tidy()
            let earliest = try await line.engine.describe("in").partitions[0].earliest
            #expect(earliest > 0)
            let (report, _) = try await Self.compare(line, "celsius")
            #expect(report.isEqual && report.events == 700 - earliest)
        }
    }
}
