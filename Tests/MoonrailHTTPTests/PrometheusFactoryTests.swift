import MoonrailCore
import MoonrailHTTP
import Testing

/// What is measured through swift-metrics, as Prometheus reads it.
@Suite struct PrometheusFactoryTests {
    private static func text(_ factory: PrometheusFactory) -> String {
        var text = MetricsText()
        factory.add(to: &text)
        return text.text
    }

    @Test func `a counter counts, one for each set of labels`() {
        let factory = PrometheusFactory()
        let name = Measurement.duplicates.rawValue
        for (station, amount) in [("b", 1), ("a", 2), ("b", 3)] {
            factory.makeCounter(label: name, dimensions: [("station", station)])
                .increment(by: Int64(amount))
        }
        #expect(
            Self.text(factory) == """
                # HELP \(name) \(Measurement.duplicates.help)
                # TYPE \(name) counter
                \(name){station="a"} 2
                \(name){station="b"} 4

                """)
    }

    @Test func `a histogram counts values up to each bound`() {
        let factory = PrometheusFactory()
        let name = Measurement.commitRequests.rawValue
        let recorder = factory.makeRecorder(label: name, dimensions: [], aggregate: true)
        for value: Int64 in [1, 2, 3, 1_000] { recorder.record(value) }
        let lines = Self.text(factory).split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE \(name) histogram"))
        #expect(lines.contains("\(name)_bucket{le=\"1\"} 1"))
        #expect(lines.contains("\(name)_bucket{le=\"2\"} 2"))
        #expect(lines.contains("\(name)_bucket{le=\"4\"} 3"))
        #expect(lines.contains("\(name)_bucket{le=\"256\"} 3"))
        #expect(lines.contains("\(name)_bucket{le=\"+Inf\"} 4"))
        #expect(lines.contains("\(name)_sum 1006") && lines.contains("\(name)_count 4"))
    }

    @Test func `durations are told in seconds`() {
        let factory = PrometheusFactory()
        let name = Measurement.flushSeconds.rawValue
        factory.makeTimer(label: name, dimensions: []).recordNanoseconds(2_500_000)
        let text = Self.text(factory)
        #expect(text.contains("\(name)_bucket{le=\"0.001\"} 0\n"))
        #expect(text.contains("\(name)_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("\(name)_sum 0.0025\n"))
    }

    @Test func `what a library measures is told, too`() {
        let factory = PrometheusFactory()
        let meter = factory.makeMeter(label: "pool_size", dimensions: [])
        meter.set(Int64(3))
        meter.increment(by: 0.5)
        #expect(Self.text(factory).contains("# TYPE pool_size gauge\npool_size 3.5\n"))
    }

    @Test func `each measurement has a help, and a name as Prometheus wants it`() {
        for measurement in Measurement.allCases {
            #expect(measurement.help.hasSuffix("."))
            switch measurement.kind {
            case .counter: #expect(measurement.rawValue.hasSuffix("_total"))
            case .histogram(let buckets): #expect(buckets == buckets.sorted() && !buckets.isEmpty)
            }
        }
    }
}
