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
    let emissions: [Emission]
    let logs: [LogLine]
    /// Nil when it did not fail.
    let message: String?
    let traceback: String?
    let microseconds: Double

    struct Emission: Encodable, Sendable {
        let station: String
        let event: EventMessage
    }

    struct LogLine: Encodable, Sendable {
        let level: String
        let text: String
    }

    init(_ report: DryRun.Report) {
        station = report.input.station.text
        partition = report.input.partition
        offset = report.input.offset
        event = EventMessage(report.input.event)
        emissions = report.emissions.map {
            Emission(station: $0.station.text, event: EventMessage($0.event))
        }
        outcome = report.fault?.kind.name ?? (emissions.isEmpty ? "dropped" : "emitted")
        logs = report.logs.map { LogLine(level: "\($0.level)", text: $0.wholeText) }
        message = report.fault?.message
        traceback = report.fault?.traceback
        microseconds = report.duration / .microseconds(1)
    }

    /// The same for people.
    var text: String {
        var text = "\(station)/\(partition)/\(offset)"
        text += "  \((microseconds / 10).rounded() / 100) ms\n"
        text += "  in      \(Self.line(event))\n"
        for log in logs { text += "  log     \(log.level): \(TerminalText.line(log.text))\n" }
        for emission in emissions {
            text += "  out     \(emission.station)  \(Self.line(emission.event))\n"
        }
        if let message {
            text += "  \(outcome == "rejected" ? "reject " : "FAILED ") "
            text += (outcome == "rejected" ? "" : "\(outcome): ") + TerminalText.line(message)
            text += "\n"
        } else if emissions.isEmpty {
            text += "  dropped\n"
        }
        return text
    }

    /// Payload and what else is known of it, on one line.
    private static func line(_ event: EventMessage) -> String {
        var parts: [String] = []
        if let key = event.key ?? event.keyBase64 { parts.append("key \(key)") }
        if let type = event.type { parts.append("type \(type)") }
        parts += event.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        parts.append(event.payload ?? event.payloadBase64 ?? "")
        return TerminalText.line(parts.joined(separator: "  "))
    }
}
