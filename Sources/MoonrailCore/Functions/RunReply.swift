/// What a host answered to one run: flat, as it came over the wire.
package struct RunReply: Sendable {
    /// The reply's bytes; emissions point into them.
    package var bytes: [UInt8]
    /// For the first events of the run, in order; at least one.
    package var outcomes: [Outcome]
    /// All emissions in order; outcomes hold ranges of them, those of firings the last.
    package var emissions: [Emission]
    /// In the order of their events.
    package var logs: [LogLine]
    /// In the order of their events.
    package var stateMarks: [StateMark]
    /// The timers that fired, in order; empty for a function without.
    package var firings: [Firing]
    /// How long each event that has an outcome took in the host; `timeUnknown` where its machine
    /// can't tell. Empty unless it was asked for.
    package var nanoseconds: [UInt64]

    package static let timeUnknown = UInt64.max

    /// One emitted event.
    package struct Emission: Sendable {
        /// Index into the program's outputs.
        package var output: Int
        /// Where its record starts in the reply's bytes.
        package var start: Int

        package init(output: Int, start: Int) {
            self.output = output
            self.start = start
        }
    }

    /// A timer that fired after an event.
    package struct Firing: Hashable, Sendable {
        /// Number of the event in the run.
        package var event: Int
        package var timer: KeyedTimer
        package var outcome: Outcome

        package init(event: Int, timer: KeyedTimer, outcome: Outcome) {
            self.event = event
            self.timer = timer
            self.outcome = outcome
        }
    }

    /// A line that the script logged.
    package struct LogLine: Hashable, Sendable {
        package enum Level: UInt8, Sendable, CaseIterable { case debug, info, warn, error }
        /// Number of the event in the run.
        package var event: Int
        package var level: Level
        package var text: String
        /// A JSON object; empty when the line has none.
        package var fields: String

        package init(event: Int, level: Level, text: String, fields: String = "") {
            self.event = event
            self.level = level
            self.text = text
            self.fields = fields
        }

        /// Text and fields, as people read them.
        package var wholeText: String { fields.isEmpty ? text : text + " " + fields }
    }

    package init(
        bytes: [UInt8], outcomes: [Outcome], emissions: [Emission], logs: [LogLine] = [],
        stateMarks: [StateMark] = [], firings: [Firing] = [], nanoseconds: [UInt64] = []
    ) {
        self.bytes = bytes
        self.outcomes = outcomes
        self.emissions = emissions
        self.logs = logs
        self.stateMarks = stateMarks
        self.firings = firings
        self.nanoseconds = nanoseconds
    }

    /// Calls `body` with the record of emission number `index`; the view must not leave the call.
    @inline(__always)
    package func withEmission<Result>(
        _ index: Int, _ body: (_ output: Int, _ record: EventRecord) -> Result
    ) -> Result {
        bytes.withUnsafeBytes {
            body(
                emissions[index].output, EventRecord(trusted: $0, at: emissions[index].start))
        }
    }
}
