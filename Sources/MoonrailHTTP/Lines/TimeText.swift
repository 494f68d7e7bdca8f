import MoonrailCore

/// Writes times in RFC 3339, and works the calendar out only when the second changes: events that
/// follow each other mostly share it.
struct TimeText {
    /// Room that any time may need.
    static let bytesMaximum = 48

    private var second: Int64?
    /// The second's text without the final Z.
    private var text: [UInt8] = []

    @inline(__always)
    mutating func append(_ time: EventTime, to cursor: inout ByteCursor) {
        let (quotient, remainder) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let second = remainder < 0 ? quotient - 1 : quotient
        var fraction = remainder < 0 ? remainder + 1_000_000 : remainder
        if second != self.second { remember(second) }
        cursor.append(text)
        if fraction != 0 {
            // As many digits as `EventTime.description` has: three or six.
            var unit: Int64 = 100_000
            if fraction % 1_000 == 0 {
                fraction /= 1_000
                unit = 100
            }
            cursor.append(UInt8(ascii: "."))
            while unit > 0 {
                cursor.append(0x30 + UInt8(fraction / unit % 10))
                unit /= 10
            }
        }
        cursor.append(UInt8(ascii: "Z"))
    }

    private mutating func remember(_ second: Int64) {
        self.second = second
        // The very first seconds of the type's range can't be multiplied back.
        let (microseconds, overflow) = second.multipliedReportingOverflow(by: 1_000_000)
        let time = EventTime(microseconds: overflow ? Int64.min : microseconds)
        text = Array(time.description.utf8.prefix { $0 != UInt8(ascii: "Z") })
    }
}
