import MoonrailHTTP
import Testing

struct MetricsTextTests {
    @Test func `a metric is its help, its type and a line for each value`() {
        var metrics = MetricsText()
        metrics.add("lag", .gauge, "Events that wait.", [([("function", "a")], 3), ([], 4)])
        metrics.add("none", .counter, "Nothing.", [])
        #expect(
            metrics.text == """
                # HELP lag Events that wait.
                # TYPE lag gauge
                lag{function="a"} 3
                lag 4

                """)
    }
}
