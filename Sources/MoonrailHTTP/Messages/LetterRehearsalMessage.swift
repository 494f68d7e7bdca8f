import MoonrailCore
import MoonrailRuntime

/// What a script, as it is now, did with a dead letter's event. Nothing was appended.
package struct LetterRehearsalMessage: Codable, Hashable, Sendable {
    package var function: String
    /// The version that ran, 64 hexadecimal digits.
    package var version: String
    package var letter: LetterMessage
    /// What it logged, in order.
    package var logs: [LogLine]
    /// What it emitted, in order.
    package var emissions: [Emission]
    /// Nil when it did not fail.
    package var fault: Fault?

    package struct LogLine: Codable, Hashable, Sendable {
        /// `debug`, `info`, `warning` or `error`.
        package var level: String
        package var text: String
    }

    package struct Emission: Codable, Hashable, Sendable {
        package var station: String
        package var event: EventMessage
    }

    package struct Fault: Codable, Hashable, Sendable {
        package var reason: String
        package var message: String
        package var traceback: String
    }

    init(_ report: LetterRehearsal.Report, of entry: DeadLetters.Entry) {
        function = entry.letter.function.text
        version = report.version.text
        letter = LetterMessage(entry)
        logs = report.logs.map { LogLine(level: "\($0.level)", text: $0.wholeText) }
        emissions = report.emissions.map {
            Emission(station: $0.station.text, event: EventMessage($0.event))
        }
        fault = report.fault.map {
            Fault(reason: $0.kind.name, message: $0.message, traceback: $0.traceback)
        }
    }
}
