/// How many lines a lane may log now: so many a second, and some seconds' worth at once. A pure
/// value; what goes beyond it is dropped, and one line says how much.
package struct LogAllowance: Sendable {
    private let linesPerSecond: UInt32
    /// Lines that may be logged at once, in millionths of a line.
    private var left: Int64
    private var last: EventTime?
    private var dropped = 0

    /// Seconds for which a lane may log as much again as its rate says before lines are dropped:
    /// what a restart or a burst of bad events has to say is seldom more.
    package static let burstSeconds: Int64 = 10

    /// - Parameter linesPerSecond: 0 keeps none, and says nothing of it.
    package init(linesPerSecond: UInt32) {
        self.linesPerSecond = linesPerSecond
        left = Self.burst(linesPerSecond)
    }

    private static func burst(_ linesPerSecond: UInt32) -> Int64 {
        Int64(linesPerSecond) * burstSeconds * 1_000_000
    }

    /// Those of the lines that may be logged at `time`, in their order.
    package mutating func take(
        _ lines: [RunReply.LogLine], at time: EventTime
    ) -> [RunReply.LogLine] {
        if lines.isEmpty || linesPerSecond == 0 { return [] }
        refill(at: time)
        var taken: [RunReply.LogLine] = []
        for line in lines {
            // The notice is a line, too.
            guard left >= (dropped > 0 ? 2_000_000 : 1_000_000) else {
                dropped += 1
                continue
            }
            if dropped > 0 {
                taken.append(notice(before: line))
                left -= 1_000_000
                dropped = 0
            }
            taken.append(line)
            left -= 1_000_000
        }
        return taken
    }

    private mutating func refill(at time: EventTime) {
        // A clock that was set back gives nothing.
        let elapsed = max(0, time.microseconds - (last ?? time).microseconds)
        last = time
        let full = Self.burst(linesPerSecond)
        let (more, overflow) = elapsed.multipliedReportingOverflow(by: Int64(linesPerSecond))
        left = overflow ? full : min(full, left.addingReportingOverflow(more).partialValue)
        if more > full { left = full }
    }

    private func notice(before line: RunReply.LogLine) -> RunReply.LogLine {
        RunReply.LogLine(
            event: line.event, level: .warn,
            text: "\(dropped) log lines were dropped: more than \(linesPerSecond) a second")
    }
}
