/// How long a host may take, in wall-clock time, before it is killed; a host that the machine gives
/// less CPU than that gets it ten times. A RUN's deadline is among the function's limits.
///
/// The host bounds a script's CPU time itself; these are for a host that does not come back at all.
package struct HostDeadlines: Hashable, Sendable {
    /// From the start of the process to its READY frame: a thousand times what it usually takes.
    package var start: Duration = .seconds(5)
    /// One LOAD and its reply: twenty times the CPU that compiling may use.
    package var load: Duration = .seconds(10)
    /// From the closing of the socket to the host's own exit.
    package var stop: Duration = .seconds(1)

    package init() {}
}

extension Duration {
    /// As messages say it: `10 seconds`, `1 second`, `250 milliseconds`.
    var words: String {
        let milliseconds = wholeMilliseconds
        guard milliseconds % 1_000 == 0 else { return "\(milliseconds) milliseconds" }
        return milliseconds == 1_000 ? "1 second" : "\(milliseconds / 1_000) seconds"
    }

    /// Whole milliseconds, rounded up so that a limit is never stricter than it was asked to be;
    /// zero for what is negative, and the largest number for what is beyond it.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow
            ? .max
            : product.addingReportingOverflow(rest).overflow
                ? .max : product + rest
    }
}
