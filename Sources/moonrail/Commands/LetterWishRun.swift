import MoonrailCore
import MoonrailHTTP

/// Has a wish about dead letters fulfilled, and says what became of it.
struct LetterWishRun: Sendable {
    private let data: DataOptions
    private let output: JSONOption
    private let function: FunctionName

    init(_ data: DataOptions, _ output: JSONOption, _ function: FunctionName) {
        self.data = data
        self.output = output
        self.function = function
    }

    /// - Throws: `CommandFailure` when an id names no letter, or an event failed again or waits.
    func fulfil(_ route: Route) async throws {
        let connection = try APIConnection(try data.settings(), access: .reading)
        let summary = try await connection.withClient {
            try await $0.send(route, as: LetterSummaryMessage.self)
        }
        if output.isJSON {
            try await StandardOutput().write(line: try JSONText.text(summary))
        } else {
            StandardError.write(line: Self.text(summary))
        }
        guard summary.unknown.isEmpty else {
            throw CommandFailure(
                .notFound,
                "function '\(function)' has no dead letter "
                    + summary.unknown.joined(separator: ", "))
        }
        guard summary.failedAgain == 0, summary.waiting == 0 else {
            throw CommandFailure(.failed, nil)
        }
    }

    private static func text(_ summary: LetterSummaryMessage) -> String {
        var parts = [
            "resent \(summary.resent)", "failed again \(summary.failedAgain)",
            "skipped \(summary.skipped)",
        ]
        if summary.waiting > 0 {
            parts.append("waiting behind others of their keys \(summary.waiting)")
        }
        if summary.resolvedBefore > 0 { parts.append("done before \(summary.resolvedBefore)") }
        if summary.timers > 0 {
            parts.append("of timers, which can be skipped only, \(summary.timers)")
        }
        return parts.joined(separator: ", ")
    }
}
