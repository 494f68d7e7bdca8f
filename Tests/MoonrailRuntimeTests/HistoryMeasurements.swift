import Foundation
import MoonrailCore
import MoonrailRuntime
import MoonrailTestSupport
import Testing

/// History of a size at which a single difference is easily missed.
///
/// `MOONRAIL_LONG=1` runs it with 1,000,000 events and prints what it took.
@Suite(.serialized) struct HistoryMeasurements {
    private static let isLong = ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil
    private static let events = isLong ? 1_000_000 : 20_000
    private static let planted = 17

    private static let celsius = """
        return { from = "in", to = "celsius", handler = function(event)
          local reading = event.data
          if reading.seq % 10 < 3 then return nil end
          reading.temp_c = (reading.temp_f - 32) * 5 / 9
          return reading
        end }
        """
    private static let count = """
        return {
          from = "celsius", to = "counted",
          state = { key = "sensor", initial = { count = 0 } },
          handler = function(event, context)
            context.state.count = context.state.count + 1
            local reading = event.data
            reading.number = context.state.count
            return reading
          end,
        }
        """
    private static let warm = """
        return { from = "counted", to = "warm", handler = function(event)
          local reading = event.data
          if reading.temp_c > 30 then return { sensor = reading.sensor, c = reading.temp_c } end
        end }
        """

    private static func fill(_ line: TestLine) async throws {
        var generator = SeededGenerator.printed()
        for start in stride(from: 0, to: events, by: 10_000) {
            try await line.produce(
                "in",
                (start..<min(start + 10_000, events)).map { seq in
                    let sensor = generator.number(0...4_999)
                    let temperature = Double(generator.number(2_000...11_000)) / 100
                    return #"{"sensor":"s\#(sensor)","seq":\#(seq),"temp_f":\#(temperature)}"#
                })
        }
        try await line.runUntilIdle()
    }

    private static func compare(
        _ line: TestLine, _ wish: HistoryComparison.Wish
    ) async throws -> (HistoryComparison.Report, [HistoryComparison.Difference]) {
        var differences: [HistoryComparison.Difference] = []
        let start = ContinuousClock.now
        let report = try await HistoryComparison(
            engine: line.engine, hosts: line.hosts, deployment: line.deployment(),
            logger: TestLine.logger
        ).run(wish) { news in
            if case .difference(let difference) = news { differences.append(difference) }
        }
        if isLong {
            print("\(wish.function): \(report.events) events in \(ContinuousClock.now - start)")
        }
        return (report, differences)
    }

    @Test func `a chain of three is verified byte by byte, and planted differences are all found`()
        async throws
    {
        try await TestLine.with([
            "celsius": Self.celsius, "count": Self.count, "warm": Self.warm,
        ]) { line in
            try await Self.fill(line)
            for function: FunctionName in ["celsius", "count", "warm"] {
                let (report, _) = try await Self.compare(line, .init(function))
                #expect(report.isEqual && report.events > 0)
                let counts = try await line.counts(function.text)
                #expect(report.counts.same == counts.emitted)
            }
            // In so many of the last tenth, and in no other.
            let step = Self.events / 10 / Self.planted / 10 * 10
            let first = Self.events - step * Self.planted + 5
            let script = Self.celsius.replacing(
                "return reading\n",
                with: """
                    if reading.seq >= \(first) and (reading.seq - \(first)) % \(step) == 0 then
                        reading.odd = true
                      end
                      return reading

                    """)
            guard
                case .deployable(let changed) = await line.deployment().examine(
                    name: "celsius", file: "celsius.lua", source: Array(script.utf8))
            else {
                Issue.record("it can't be deployed")
                return
            }
            let (report, differences) = try await Self.compare(
                line, .init("celsius", script: changed, from: .last(UInt64(Self.events / 10))))
            #expect(report.counts.changed == UInt64(Self.planted))
            #expect(report.counts.differences == UInt64(Self.planted))
            #expect(
                differences.map(\.output.input.offset)
                    == (0..<Self.planted).map { UInt64(first + $0 * step) })
            #expect(
                differences.allSatisfy { $0.places == ["data.odd was not expected; it is true"] })
        }
    }
}
