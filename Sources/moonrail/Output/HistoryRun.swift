import ArgumentParser
import FoundationEssentials
import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Has history run again, prints what differs, and shows how far it is.
struct HistoryRun {
    let data: DataOptions
    let isJSON: Bool

    /// - Parameter verdict: what is said in the end.
    /// - Throws: `CommandFailure` when anything differs.
    func run(
        _ route: Route, _ verdict: @escaping @Sendable (ComparisonMessage) -> String
    ) async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let isJSON = isJSON
        let report = try await connection.withClient { client in
            let output = StandardOutput()
            var cutter = WholeLines()
            var bar: ProgressBar?
            var report: ComparisonMessage?
            try await client.stream(route) { part in
                for bytes in cutter.take(part) ?? [] {
                    let line = try JSONDecoder().decode(ComparisonLine.self, from: Data(bytes))
                    if let problem = line.problem { throw problem }
                    if let progress = line.progress {
                        if bar == nil {
                            bar = ProgressBar(events: Int(clamping: progress.eventsAll), done: 0)
                        }
                        bar?.show(events: Int(clamping: progress.events))
                        continue
                    }
                    bar?.clear()
                    if isJSON {
                        try await output.write(line: String(decoding: bytes, as: UTF8.self))
                    } else if let difference = line.difference {
                        try await output.write(line: Self.text(difference))
                    }
                    report = line.report ?? report
                }
            }
            return report
        }
        guard let report else {
            throw CommandFailure(.unavailable, "the run broke off; ask again")
        }
        if !isJSON { try await StandardOutput().write(Self.text(report, verdict(report))) }
        if report.differences > 0 { throw CommandFailure(.failed, nil) }
    }

    /// One line, and one more for each place that differs.
    private static func text(_ difference: DifferenceMessage) -> String {
        var text = "\(difference.kind.rawValue)  \(difference.input)"
        if let emission = difference.emission { text += " emission \(emission)" }
        text += " -> " + (difference.output ?? difference.station)
        switch difference.kind {
        case .added:
            text += ": " + (difference.fault ?? shown(difference.now))
        case .missing:
            text += ": " + shown(difference.recorded)
        case .changed:
            let places =
                difference.places.isEmpty
                ? ["it is written otherwise: \(shown(difference.now))"] : difference.places
            for place in places { text += "\n         " + TerminalText.line(place) }
        }
        return text
    }

    private static func shown(_ value: JSONValue?) -> String {
        TerminalText.line(value.flatMap { try? JSONText.text($0) } ?? "")
    }

    private static func text(_ report: ComparisonMessage, _ verdict: String) -> String {
        var text = "\(report.events) events ran, \(report.same) outputs are the same: \(verdict)\n"
        if report.verdicts > 0 {
            text += "\(report.verdicts) events did not run: the machine had stopped them\n"
        }
        if report.gone > 0 {
            text += "\(report.gone) events did not run: retention has removed them\n"
        }
        return text
    }
}
