import MoonrailCore
import MoonrailTestSupport
import Testing

struct EventTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (1_000, "1970-01-01T00:00:00.001Z"),
        (1_500_000, "1970-01-01T00:00:01.500Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (-1_000_000, "1969-12-31T23:59:59Z"),
        (1_262_304_000_000_000, "2010-01-01T00:00:00Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00Z"),
        (1_709_208_000_000_000, "2024-02-29T12:00:00Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
        (-62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
    ])
    func `a time is shown in UTC and read back`(microseconds: Int64, text: String) {
        let time = EventTime(microseconds: microseconds)
        #expect(time.description == text)
        #expect(EventTime(text) == time)
    }

    @Test(arguments: [
        ("2010-01-01", "2010-01-01T00:00:00Z"),
        ("2010-01-01 12:30:00Z", "2010-01-01T12:30:00Z"),
        ("2010-01-01t12:30:00z", "2010-01-01T12:30:00Z"),
        ("2010-01-01T00:00:00+01:00", "2009-12-31T23:00:00Z"),
        ("2010-01-01T00:00:00-23:59", "2010-01-01T23:59:00Z"),
        ("2010-01-01T00:00:00.1Z", "2010-01-01T00:00:00.100Z"),
        ("2010-01-01T00:00:00.1234567890123456789Z", "2010-01-01T00:00:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ])
    func `other ways to write a time mean the same`(text: String, same: String) {
        #expect(EventTime(text) == EventTime(same))
        #expect(EventTime(same) != nil)
    }

    @Test(arguments: [
        "", "2010", "2010-01", "2010-1-1", "2010-01-01T", "2010-01-01T00:00", "2010-01-01T00:00:00",
        "2010-00-01", "2010-13-01", "2010-01-00", "2010-01-32", "2010-02-29", "1900-02-29",
        "2010-04-31", "2010-01-01T24:00:00Z", "2010-01-01T00:60:00Z", "2010-01-01T00:00:61Z",
        "2010-01-01T00:00:00.Z", "2010-01-01T00:00:00,5Z", "2010-01-01T00:00:00+1:00",
        "2010-01-01T00:00:00+24:00", "2010-01-01T00:00:00+00:60", "2010-01-01T00:00:00Zx",
        " 2010-01-01", "2010-01-01 ", "-010-01-01", "２010-01-01", "2010/01/01", "1262304000",
    ])
    func `a text that is no time is refused`(text: String) {
        #expect(EventTime(text) == nil)
    }

    @Test func `every day from 1600 to 2400 follows the one before`() {
        let february29 = 29
        var time = EventTime("1600-01-01")
        var (year, month, day) = (1600, 1, 1)
        while year < 2400, let known = time {
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            guard known.description == text + "T00:00:00Z" else {
                Issue.record("\(known) instead of \(text)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let days = [31, isLeap ? february29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > days[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            time = EventTime(microseconds: known.microseconds + 86_400_000_000)
        }
        #expect(year == 2400)
    }

    @Test func `random times come back from their text`() {
        var random = SeededGenerator.printed()
        let years0To9999: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999
        for _ in 0..<20_000 {
            let microseconds = Int64.random(in: years0To9999, using: &random)
            // Whole seconds and milliseconds are shorter texts.
            for unit: Int64 in [1, 1_000, 1_000_000] {
                let time = EventTime(microseconds: microseconds / unit * unit)
                #expect(EventTime(time.description) == time, "\(time.microseconds)")
            }
        }
    }

    @Test func `times outside the calendar are shown all the same`() {
        #expect(EventTime(microseconds: .min).description == "-290308-12-21T19:59:05.224192Z")
        #expect(EventTime(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
        let beforeYear0 = EventTime("0000-01-01T00:00:00+01:00")
        #expect(beforeYear0?.description == "-0001-12-31T23:00:00Z")
    }

    @Test func `times are ordered`() {
        #expect(EventTime(microseconds: -1) < EventTime(microseconds: 0))
        #expect(!(EventTime(microseconds: 0) < EventTime(microseconds: 0)))
    }
}
