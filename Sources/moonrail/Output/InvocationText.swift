import MoonrailHTTP
import MoonrailRuntime

/// What functions did, for people: a line about the event, and a line for each thing that went in
/// or came out.
struct InvocationText {
    private let paint: Paint
    /// Lines are cut at this many characters; nil to leave them whole.
    private let lineWidth: Int?

    init(paint: Paint, lineWidth: Int?) {
        self.paint = paint
        self.lineWidth = lineWidth
    }

    func text(_ invocation: InvocationMessage) -> String {
        var head = "\(invocation.function)@\(invocation.version.prefix(7))"
        head += "  \(invocation.station)/\(invocation.partition)/\(invocation.offset)"
        head += "  " + paint(invocation.status.rawValue, Self.colour(of: invocation.status))
        head += invocation.microseconds.map { "  " + Self.time($0) } ?? ""
        var lines = Self.lines(
            event: invocation.event, logs: invocation.logs, emissions: invocation.emissions)
        let more = invocation.emissionCount - invocation.emissions.count
        if more > 0 { lines.append("  out     and \(more) more") }
        if let message = invocation.message {
            lines.append(Self.failure(invocation.outcome, message))
        }
        if let behind = invocation.behind { lines.append("  waits   behind \(behind)") }
        return head + "\n" + lines.map { cut($0) + "\n" }.joined()
    }

    func text(_ missed: MissedMessage) -> String {
        paint("  \(missed.missed) events came too fast and are not shown", .yellow) + "\n"
    }

    /// What went in, was logged, and came out, a line each.
    static func lines(
        event: EventMessage, logs: [LogLineMessage], emissions: [EmissionMessage]
    ) -> [String] {
        ["  in      \(line(event))"]
            + logs.map { "  log     \($0.level): \(TerminalText.line($0.text))" }
            + emissions.map { "  out     \($0.station)  \(line($0.event))" }
    }

    /// Why it failed.
    ///
    /// - Parameter outcome: what kind of failure it was, such as `rejected`.
    static func failure(_ outcome: String, _ message: String) -> String {
        let message = TerminalText.line(message)
        return outcome == "rejected" ? "  reject  \(message)" : "  FAILED  \(outcome): \(message)"
    }

    /// Payload and what else is known of it, on one line.
    private static func line(_ event: EventMessage) -> String {
        var parts: [String] = []
        if let key = event.key ?? event.keyBase64 { parts.append("key \(key)") }
        if let type = event.type { parts.append("type \(type)") }
        parts += event.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        parts.append(event.payload ?? event.payloadBase64 ?? "")
        if let bytes = event.payloadBytes { parts.append("… (\(bytes) bytes in all)") }
        return TerminalText.line(parts.joined(separator: "  "))
    }

    private func cut(_ line: String) -> String {
        guard let lineWidth, line.count > lineWidth else { return line }
        return line.prefix(max(0, lineWidth - 1)) + "…"
    }

    /// Microseconds below a tenth of a millisecond, milliseconds from there on.
    private static func time(_ microseconds: Double) -> String {
        if microseconds < 100 { return "\((microseconds * 10).rounded() / 10) µs" }
        return "\((microseconds / 10).rounded() / 100) ms"
    }

    private static func colour(of status: Invocation.Status) -> Paint.Colour {
        switch status {
        case .ok: .green
        case .dropped: .grey
        case .rejected, .parked: .yellow
        case .error: .red
        }
    }
}
