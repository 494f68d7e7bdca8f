import MoonrailCore
import MoonrailHTTP
import MoonrailRuntime

/// What one event came to in a dry run, for programs.
struct DryRunMessage: Encodable, Sendable {
    let station: String
    let partition: UInt32
    let offset: UInt64
    let event: EventMessage
    /// `emitted`, `dropped`, or why it failed: `rejected`, `raised`, `time-limit`, ...
    let outcome: String
    let emissions: [EmissionMessage]
    let logs: [LogLineMessage]
    /// Nil when it did not fail.
    let message: String?
    let traceback: String?
    let microseconds: Double

    init(_ report: DryRun.Report) {
        station = report.input.station.text
        partition = report.input.partition
        offset = report.input.offset
        event = EventMessage(report.input.event)
        emissions = report.emissions.map {
            EmissionMessage(station: $0.station.text, event: EventMessage($0.event))
        }
        outcome = report.fault?.kind.name ?? (emissions.isEmpty ? "dropped" : "emitted")
        logs = report.logs.map(LogLineMessage.init)
        message = report.fault?.message
        traceback = report.fault?.traceback
        microseconds = report.duration / .microseconds(1)
    }

    /// The same for people.
    var text: String {
        var text = "\(station)/\(partition)/\(offset)"
        text += "  \((microseconds / 10).rounded() / 100) ms\n"
        var lines = InvocationText.lines(event: event, logs: logs, emissions: emissions)
        if let message {
            lines.append(InvocationText.failure(outcome, message))
        } else if emissions.isEmpty {
            lines.append("  dropped")
        }
        return text + lines.map { $0 + "\n" }.joined()
    }
}
