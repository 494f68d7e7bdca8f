/// A point in time in microseconds since 1970-01-01T00:00:00Z, the resolution events are kept in.
package struct EventTime: Hashable, Sendable, Comparable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: EventTime, right: EventTime) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension EventTime: CustomStringConvertible {
    /// RFC 3339 in UTC, with as many fraction digits as the time has: none, three or six.
    package var description: String {
        let (days, microsecondOfDay) = floorDivide(microseconds, 86_400_000_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let second = microsecondOfDay / 1_000_000
        let fraction = microsecondOfDay % 1_000_000
        var text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
        text += "\(pad(second / 3_600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if fraction % 1_000 != 0 {
            text += ".\(pad(fraction, 6))"
        } else if fraction != 0 {
            text += ".\(pad(fraction / 1_000, 3))"
        }
        return text + "Z"
    }

    /// Reads RFC 3339 (`2010-01-01T00:00:00Z`, offsets allowed, fraction up to microseconds), or a
    /// date alone, which means its first moment in UTC.
    package init?(_ text: some StringProtocol) {
        var scanner = DigitScanner(text.utf8)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2),
            scanner.skip("-"), let day = scanner.digits(2),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // A day that the month lacks (30 February) comes back as another date.
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        if scanner.isAtEnd {
            self.init(microseconds: days * 86_400_000_000)
            return
        }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.digits(2), scanner.skip(":"),
            let minute = scanner.digits(2), scanner.skip(":"),
            let second = scanner.digits(2), hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = scanner.skip(".") ? scanner.fraction() : 0
        guard let fraction, let offset = scanner.zone(), scanner.isAtEnd else { return nil }
        let seconds = hour * 3_600 + minute * 60 + second - offset
        self.init(microseconds: days * 86_400_000_000 + seconds * 1_000_000 + fraction)
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, after Howard Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms".
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shiftedYear, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count))
        + digits
}

/// Reads fixed-width numbers from the bytes of a timestamp.
private struct DigitScanner<Bytes: Collection> where Bytes.Element == UInt8 {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The fraction of a second in microseconds; digits beyond the sixth are cut off.
    mutating func fraction() -> Int64? {
        guard var value = nextDigit() else { return nil }
        var digits = 1
        while let digit = nextDigit() {
            if digits < 6 { value = value * 10 + digit }
            digits += 1
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// Seconds east of UTC.
    mutating func zone() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hour = digits(2), skip(":"), let minute = digits(2), hour < 24, minute < 60
        else { return nil }
        return sign * (hour * 3_600 + minute * 60)
    }

    private mutating func nextDigit() -> Int64? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        else { return nil }
        rest = rest.dropFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }
}
