import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// Shadows that go over history beside live events, and take their function's place.
@Suite struct ShadowTests {
    static let asker = Asker(name: "tester", because: "a test")

    static let doubling = """
        return {
          from = "in", to = "out",
          handler = function(event)
            if event.data.n == 7 then error("seven") end
            return { twice = event.data.n * 2 }
          end,
        }
        """
    static let mended = doubling.replacing("event.data.n * 2", with: "event.data.n * 2 + 1")
    /// Reads what the function above writes.
    static let reading = """
        return {
          from = "out", to = "seen",
          handler = function(event) return { saw = event.data.twice } end,
        }
        """

    static func numbers(_ range: Range<Int>) -> [String] { range.map { #"{"n":\#($0)}"# } }

    static func doubled(_ range: Range<Int>, plus more: Int = 0, as name: String = "twice")
        -> [String]
    {
        range.filter { $0 != 7 }.map { #"{"\#(name)":\#($0 * 2 + more)}"# }
    }

    static func begin(
        _ function: FunctionName, to place: StartingPoint = .earliest,
        _ deployments: any DeploymentOperators
    ) async throws {
        _ = try await deployments.perform(
            .reset(ResetWish(to: place, outputs: .shadow)), on: function, for: asker)
    }

    static func swap(
        _ function: FunctionName, _ deployments: any DeploymentOperators
    ) async throws {
        _ = try await deployments.perform(.swapShadow, on: function, for: asker)
    }

    /// Compares with the shadow, and answers with what is told and counted.
    static func compare(
        _ function: FunctionName, _ line: TestLine
    ) async throws -> (differences: [HistoryComparison.Difference], HistoryComparison.Report) {
        let comparison = HistoryComparison(
            engine: line.engine, hosts: line.hosts, deployment: line.deployment(),
            logger: TestLine.logger)
        var differences: [HistoryComparison.Difference] = []
        let report = try await comparison.compareShadow(of: function) { news in
            if case .difference(let difference) = news { differences.append(difference) }
        }
        return (differences, report)
    }

    /// Waits until no lane has events before it.
    static func waitUntilIdle(_ line: TestLine) async throws {
        while try await line.engine.lanes().contains(where: { $0.lag > 0 }) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func `a shadow goes over history and follows what comes, and nothing else sees it`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling, "read": Self.reading]) { line in
            try await line.produce("in", Self.numbers(0..<500))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try line.write("double", Self.mended)
            try await line.whileRunning { worker in
                try await line.produce("in", Self.numbers(500..<501))
                try await line.waitForPayloads("seen", count: 500)
                try await Self.begin("double", worker.deployments)
                try await line.waitForPayloads("shadow.double.out", count: 500)
                try await line.produce("in", Self.numbers(501..<600))
                try await line.waitForPayloads("shadow.double.out", count: 599)
                try await line.waitForPayloads("seen", count: 599)
            }
            #expect(try await line.payloads("shadow.double.out") == Self.doubled(0..<600, plus: 1))
            #expect(try await line.events("out").prefix(499) == before[...])
            #expect(
                try await line.payloads("seen") == Self.doubled(0..<500, as: "saw")
                    + Self.doubled(500..<600, plus: 1, as: "saw"))
            #expect(try await line.events("dead.shadow.double").count == 1)
            #expect(try await line.events("dead.double").count == 1)
            // The ids are those of another generation of the function itself.
            let all = try await line.events("out") + line.events("shadow.double.out")
            #expect(Set(all.map(\.id)).count == all.count)
            #expect(try await line.engine.check().findings.isEmpty)
        }
    }

    @Test func `a swap puts it in place at once, and readers go on with what comes`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling, "read": Self.reading]) { line in
            try await line.produce("in", Self.numbers(0..<300))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try line.write("double", Self.mended)
            try await line.whileRunning { worker in
                try await line.produce("in", Self.numbers(300..<301))
                try await line.waitForPayloads("out", count: 300)
                try await Self.begin("double", worker.deployments)
                try await Self.waitUntilIdle(line)
                try await Self.swap("double", worker.deployments)
                try await line.produce("in", Self.numbers(301..<400))
                try await line.waitForPayloads("seen", count: 399)
            }
            #expect(try await line.payloads("out") == Self.doubled(0..<400, plus: 1))
            #expect(try await line.events("shadow.double.out").prefix(299) == before[...])
            // What was read before the swap stays read, nothing comes twice.
            #expect(
                try await line.payloads("seen") == Self.doubled(0..<300, as: "saw")
                    + Self.doubled(300..<400, plus: 1, as: "saw"))
            let seen = try await line.events("seen")
            #expect(Set(seen.map(\.id)).count == seen.count)
            #expect(try await line.engine.check().findings.isEmpty)
            let audit = try await line.payloads("moonrail.audit")
            // What was read before the swap is traced to where that has gone.
            let trace = try await Lineage(engine: line.engine, deadLetters: line.deadLetters)
                .trace(StationCursor(station: "seen", partition: 0, offset: 5), limit: 10)
            #expect(trace.causes.map(\.place.text) == ["in/0/5", "shadow.double.out/0/5"])
            for deed in ["reset", "swapped"] {
                #expect(audit.contains { $0.contains(#""deed":"\#(deed)""#) }, "\(deed)")
            }
        }
    }

    @Test func `a swap is taken back by another, after what came since has run in the old place`()
        async throws
    {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<100))
            try await line.runUntilIdle()
            let before = try await line.events("out")
            try await line.whileRunning { worker in
                try await line.waitForPayloads("out", count: 99)
                try await Self.begin("double", worker.deployments)
                try await Self.waitUntilIdle(line)
                try await Self.swap("double", worker.deployments)
                try await line.produce("in", Self.numbers(100..<150))
                try await line.waitForPayloads("out", count: 149)
                try await Self.swap("double", worker.deployments)
                try await line.produce("in", Self.numbers(150..<160))
                try await line.waitForPayloads("out", count: 159)
            }
            let after = try await line.events("out")
            #expect(after.prefix(99) == before[...])
            #expect(
                after.map { String(decoding: $0.payload, as: UTF8.self) }
                    == Self.doubled(0..<160))
            #expect(try await line.payloads("shadow.double.out") == Self.doubled(0..<150))
            // Nothing of it is left once it is dropped, and the function goes on.
            _ = try await line.idleDeployments.perform(
                .dropShadow, on: "double", for: Self.asker)
            let stations = try await line.engine.stations().map(\.name.text)
            #expect(!stations.contains { $0.contains("shadow") })
            #expect(try await line.engine.lanes().map(\.lane.function) == ["double"])
            try await line.produce("in", Self.numbers(160..<161))
            try await line.runUntilIdle()
            #expect(try await line.payloads("out").count == 160)
            #expect(try await line.engine.check().findings.isEmpty)
        }
    }

    @Test func `a comparison finds exactly what the shadow made otherwise`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<1_000))
            try await line.runUntilIdle()
            try line.write(
                "double",
                Self.doubling.replacing(
                    "return { twice",
                    with: """
                        if event.data.n == 17 then error("seventeen") end
                        if event.data.n == 30 then return nil end
                        if event.data.n == 333 then return { twice = 0 } end
                        return { twice
                        """
                ).replacing("event.data.n == 7 ", with: "event.data.n == 8 "))
            try await line.produce("in", Self.numbers(1_000..<1_001))
            try await line.runUntilIdle()
            try await Self.begin("double", line.idleDeployments)
            try await line.runUntilIdle()
            let (differences, report) = try await Self.compare("double", line)
            let told = differences.map {
                "\($0.output.kind) \($0.output.input.offset) \($0.output.station)"
            }
            #expect(
                told == [
                    "added 7 out", "missing 7 dead.double", "added 8 dead.double",
                    "missing 8 out", "added 17 dead.double", "missing 17 out", "missing 30 out",
                    "changed 333 out",
                ])
            #expect(report.events == 1_001 && report.counts.same == 996)
            #expect(
                report.counts.added == 3 && report.counts.changed == 1
                    && report.counts.missing == 4)
            #expect(differences.last?.places == ["data.twice is 0; expected 666"])
        }
    }

    @Test func `state, several outputs and partitions go along`() async throws {
        let summing = """
            return {
              from = "in", to = { "out", "odd" },
              state = { key = "account", initial = { sum = 0 } },
              handler = function(event, context)
                local data, state = event.data, context.state
                state.sum = state.sum + data.n * FACTOR
                context.emit({ account = data.account, sum = state.sum })
                if data.n % 2 == 1 then context.emit({ odd = data.n }, { to = "odd" }) end
              end,
            }
            """
        let old = summing.replacing("FACTOR", with: "1")
        let new = summing.replacing("FACTOR", with: "2")
        func events(_ range: Range<Int>) -> [(key: String, payload: String)] {
            range.map { (key: "k\($0 % 20)", payload: #"{"account":"k\#($0 % 20)","n":\#($0)}"#) }
        }
        try await TestLine.with(["sum": old]) { line in
            for name in ["in", "out", "odd"] {
                try await line.engine.open(
                    try StationName(name), settings: StationSettings(partitions: 3))
            }
            try await line.produce("in", keyed: events(0..<600))
            try await line.runUntilIdle()
            try line.write("sum", new)
            try await line.produce("in", keyed: events(600..<610))
            try await line.runUntilIdle()
            try await Self.begin("sum", line.idleDeployments)
            try await line.runUntilIdle()
            try await Self.swap("sum", line.idleDeployments)
            try await line.produce("in", keyed: events(610..<700))
            try await line.runUntilIdle()
            var sums: [String: Int] = [:]
            for number in 0..<700 { sums["k\(number % 20)", default: 0] += number * 2 }
            let states = FunctionStates(engine: line.engine)
            for (key, sum) in sums {
                let entry = try await states.value(of: "sum", key: Array(key.utf8))
                let json = entry.value.map { String(decoding: $0.json, as: UTF8.self) }
                #expect(json == #"{"sum":\#(sum)}"#, "\(key)")
            }
            #expect(try await line.engine.describe("out").events == 700)
            #expect(try await line.engine.describe("odd").events == 350)
            #expect(try await line.engine.check().findings.isEmpty)
            let verified = try await HistoryComparison(
                engine: line.engine, hosts: line.hosts, deployment: line.deployment(),
                logger: TestLine.logger
            ).run(.init("sum")) { _ in }
            #expect(verified.isEqual && verified.events == 700)
        }
    }

    @Test func `a reader that keeps state goes on with it, and knows what it can't tell any more`()
        async throws
    {
        let counting = """
            return {
              from = "out", to = "sums",
              state = { key = function() return "all" end, initial = { sum = 0 } },
              handler = function(event, context)
                context.state.sum = context.state.sum + event.data.twice
                return { sum = context.state.sum }
              end,
            }
            """
        try await TestLine.with(["double": Self.doubling, "count": counting]) { line in
            try await line.produce("in", Self.numbers(0..<6))
            try await line.runUntilIdle()
            // Half as many outputs come now.
            try line.write(
                "double",
                Self.doubling.replacing(
                    "return { twice",
                    with: "if event.data.n % 2 == 1 then return nil end return { twice"))
            try await line.produce("in", Self.numbers(6..<7))
            try await line.runUntilIdle()
            try await Self.begin("double", line.idleDeployments)
            try await line.runUntilIdle()
            try await Self.swap("double", line.idleDeployments)
            try await line.produce("in", Self.numbers(8..<9))
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("out") == [0, 4, 8, 12, 16].map { #"{"twice":\#($0)}"# })
            #expect(
                try await line.payloads("sums")
                    == [0, 2, 6, 12, 20, 30, 42, 58].map { #"{"sum":\#($0)}"# })
            let ids = try await line.events("sums").map(\.id)
            #expect(Set(ids).count == ids.count)
            let states = FunctionStates(engine: line.engine)
            await #expect(throws: StateUnknown.self) {
                try await states.value(of: "count", key: Array("all".utf8), at: .offset(3))
            }
            await #expect(throws: ResetRefused.self) {
                try await ReplayTests.reset(line, "count", to: .offset(3), .append)
            }
            // From the beginning it is made of what is there now, and everything can be told again.
            try await ReplayTests.reset(line, "count", to: .earliest, .append)
            try await line.runUntilIdle()
            #expect(
                try await line.payloads("sums").suffix(5)
                    == [0, 4, 12, 24, 40].map { #"{"sum":\#($0)}"# })
            let then = try await states.value(
                of: "count", key: Array("all".utf8), at: .offset(2))
            #expect(then.value.map { String(decoding: $0.json, as: UTF8.self) } == #"{"sum":12}"#)
            #expect(try await line.engine.check().findings.isEmpty)
        }
    }

    @Test func `a shadow can be paused and resumed, and is paused over a restart`() async throws {
        try await TestLine.with(["double": Self.doubling]) { line in
            try await line.produce("in", Self.numbers(0..<10))
            try await line.runUntilIdle()
            try await Self.begin("double", line.idleDeployments)
            try await line.whileRunning { worker in
                _ = try await worker.deployments.perform(
                    .pause, on: "shadow.double", for: Self.asker)
                try await line.produce("in", Self.numbers(10..<20))
                try await line.waitForPayloads("out", count: 19)
            }
            let paused = try await line.engine.describe("shadow.double.out").events
            #expect(paused < 19)
            try await line.whileRunning { worker in
                try await line.wait(worker, for: "shadow.double") {
                    if case .paused = $0.state { true } else { false }
                }
                _ = try await worker.deployments.perform(
                    .resume, on: "shadow.double", for: Self.asker)
                try await line.waitForPayloads("shadow.double.out", count: 19)
            }
        }
    }
}
