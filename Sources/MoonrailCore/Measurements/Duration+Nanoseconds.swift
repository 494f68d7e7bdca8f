extension Duration {
    /// Nanoseconds, without a fraction of one; as many as fit into 64 bits, which is 292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isTooLong else { return seconds < 0 ? .min : .max }
        return nanoseconds + attoseconds / 1_000_000_000
    }

    /// Seconds with their fraction.
    package var inSeconds: Double { self / .seconds(1) }
}
