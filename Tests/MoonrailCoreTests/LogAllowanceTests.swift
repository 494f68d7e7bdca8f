import MoonrailCore
import Testing

struct LogAllowanceTests {
    private static func lines(_ count: Int, of event: Int = 0) -> [RunReply.LogLine] {
        (0..<count).map { .init(event: event, level: .info, text: "\($0)") }
    }

    private static func second(_ number: Double) -> EventTime {
        EventTime(microseconds: Int64(number * 1_000_000))
    }

    @Test func `a burst is kept whole, and what goes beyond it is dropped`() {
        var allowance = LogAllowance(linesPerSecond: 3)
        #expect(allowance.take(Self.lines(100), at: Self.second(0)) == Self.lines(30))
        #expect(allowance.take(Self.lines(5), at: Self.second(0)).isEmpty)
    }

    @Test func `the first line that is kept again says how many were dropped`() {
        var allowance = LogAllowance(linesPerSecond: 3)
        _ = allowance.take(Self.lines(37), at: Self.second(0))
        let later = allowance.take(Self.lines(4, of: 2), at: Self.second(1))
        #expect(later.map(\.event) == [2, 2, 2])
        #expect(later.map(\.level) == [.warn, .info, .info])
        #expect(later[0].text == "7 log lines were dropped: more than 3 a second")
        #expect(later[1...].map(\.text) == ["0", "1"])
        // The two that were dropped now are told of next time.
        let last = allowance.take(Self.lines(1), at: Self.second(60))
        #expect(last.map(\.text) == ["2 log lines were dropped: more than 3 a second", "0"])
    }

    @Test func `a lane gets back what its rate says and no more`() {
        var allowance = LogAllowance(linesPerSecond: 10)
        var kept = allowance.take(Self.lines(1_000), at: Self.second(0)).count
        for tick in Int64(1)...100 {
            let time = EventTime(microseconds: tick * 100_000)
            kept += allowance.take(Self.lines(50), at: time).count
        }
        // A hundred at once, and a hundred in ten seconds; notices count as lines.
        #expect(kept == 200)
        #expect(allowance.take(Self.lines(500), at: Self.second(1e9)).count == 100)
    }

    @Test func `a clock that is set back gives nothing and takes nothing`() {
        var allowance = LogAllowance(linesPerSecond: 1)
        _ = allowance.take(Self.lines(10), at: Self.second(1_000))
        #expect(allowance.take(Self.lines(1), at: Self.second(0)).isEmpty)
        #expect(allowance.take(Self.lines(1), at: Self.second(2)).count == 2)
    }

    @Test func `a rate of zero keeps nothing and says nothing`() {
        var allowance = LogAllowance(linesPerSecond: 0)
        #expect(allowance.take(Self.lines(3), at: Self.second(0)).isEmpty)
        #expect(allowance.take(Self.lines(3), at: Self.second(1e6)).isEmpty)
    }
}
