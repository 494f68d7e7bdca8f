import MoonrailCore
import MoonrailHTTP
import Testing

@Suite struct StartingPointTests {
    @Test(arguments: [
        ("earliest", StartingPoint.earliest), ("latest", .latest), ("-10", .last(10)),
        ("-0", .last(0)), ("0", .offset(0)), ("1200", .offset(1_200)),
        ("18446744073709551615", .offset(.max)),
        ("1970-01-01T00:00:01Z", .time(EventTime(microseconds: 1_000_000))),
        ("1970-01-02", .time(EventTime(microseconds: 86_400_000_000))),
    ])
    func `every place that the help names is understood`(text: String, place: StartingPoint)
        throws
    {
        #expect(try StartingPoint(text) == place)
    }

    @Test(arguments: [
        "", "-", "--1", "+1", "1.5", "-1.5", "Earliest", "yesterday", "18446744073709551616",
        "2026-02-30T00:00:00Z",
    ])
    func `anything else is a bad request that says what is understood`(text: String) throws {
        let problem = #expect(throws: Problem.self) { try StartingPoint(text) }
        #expect(problem?.status == 400)
        #expect(problem?.detail.contains("'\(text)' is no place to read from") == true)
    }
}
