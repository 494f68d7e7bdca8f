import MoonrailHTTP

/// A trace as a tree: an event, below it the functions that took it, below each what it made.
struct TraceTree {
    /// Lines are cut at this many characters; nil to leave them whole.
    private let lineWidth: Int?
    private var lines: [String] = []

    init(_ lineWidth: Int?) {
        self.lineWidth = lineWidth
    }

    func text(_ trace: TraceMessage) -> String {
        var tree = self
        if let end = trace.causesEnd { tree.lines.append("(\(end))") }
        // Where the causes are not known any more, what made the first event still is.
        var place = Place()
        let chain = trace.causes + [trace.event]
        for (number, event) in chain.enumerated() {
            if number > 0 {
                place = place.below(isLast: true)
                tree.add(Self.maker(of: event), place)
                place = place.below(isLast: true)
            }
            let isAsked = number == chain.count - 1 && number > 0
            tree.add(Self.line(event) + (isAsked ? "  <- this one" : ""), place)
        }
        tree.add(trace.event.runs, place)
        return tree.lines.map { cut($0) + "\n" }.joined()
    }

    /// Where a line stands in the tree.
    private struct Place {
        /// What stands before the line itself, and before those below it.
        var lead = ""
        var below = ""

        func below(isLast: Bool) -> Place {
            Place(
                lead: below + (isLast ? "└─ " : "├─ "), below: below + (isLast ? "   " : "│  "))
        }
    }

    private mutating func add(_ line: String, _ place: Place) {
        lines.append(place.lead + line)
    }

    private mutating func add(_ runs: [TracedRunMessage], _ place: Place) {
        for (number, run) in runs.enumerated() {
            let below = place.below(isLast: number == runs.count - 1)
            add(Self.line(run), below)
            for (number, event) in run.events.enumerated() {
                let place = below.below(isLast: number == run.events.count - 1)
                add(Self.line(event), place)
                add(event.runs, place)
            }
        }
    }

    private static func maker(of event: TracedEventMessage) -> String {
        let version = event.version.map { "@" + $0.prefix(7) } ?? ""
        return (event.function ?? "?") + version + (event.after.map { "  " + time($0) } ?? "")
    }

    private static func line(_ event: TracedEventMessage) -> String {
        var parts = ["\(event.station)/\(event.partition)/\(event.offset)"]
        if let key = event.key ?? event.keyBase64 { parts.append("key \(key)") }
        if event.kind == "produced" { parts.append("produced \(event.appendedAt ?? event.time)") }
        if event.kind == "state" { parts.append("state changed") }
        if event.kind == "restored" { parts.append("state restored") }
        if let letter = event.letter {
            parts.append("dead letter, \(letter.status)")
            parts.append("\(letter.reason): \(letter.message)")
        } else if event.kind == "letter" {
            parts.append("dead letter")
        }
        return TerminalText.line(parts.joined(separator: "  "))
    }

    private static func line(_ run: TracedRunMessage) -> String {
        let name = run.function + (run.version.map { "@" + $0.prefix(7) } ?? "")
        let after = run.after.map { "  " + time($0) } ?? ""
        switch run.outcome {
        case "effects", "letter": return name + after
        case "nothing": return name + after + "  nothing came of it"
        case "resent": return name + after + "  resent" + (run.events.isEmpty ? ", nothing" : "")
        case "waiting": return name + "  has not come to it yet"
        case "passed": return name + "  never took it"
        default: return name + after + "  " + run.outcome
        }
    }

    /// With a sensible unit.
    private static func time(_ microseconds: Int64) -> String {
        let microseconds = Double(microseconds)
        func rounded(_ unit: Double) -> Double { (microseconds / unit * 10).rounded() / 10 }
        switch microseconds.magnitude {
        case ..<1_000: return "\(Int(microseconds)) µs"
        case ..<1_000_000: return "\(rounded(1_000)) ms"
        case ..<3_600_000_000: return "\(rounded(1_000_000)) s"
        default: return "\(rounded(3_600_000_000)) h"
        }
    }

    private func cut(_ line: String) -> String {
        guard let lineWidth, line.count > lineWidth else { return line }
        return line.prefix(max(0, lineWidth - 1)) + "…"
    }
}
