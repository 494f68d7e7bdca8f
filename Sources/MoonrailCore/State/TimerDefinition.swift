/// What a script says of its timers.
package struct TimerDefinition: Hashable, Sendable {
    /// How much later than others of their time events may come and still be before the timers of
    /// that time. Not negative.
    package var lateness: Duration
    /// How long nothing must have come before the clock moves event time; nil: it never does.
    package var idle: Duration?

    /// The shortest silence that the clock can tell from none.
    package static let idleMinimum = Duration.milliseconds(1)
    /// The longest: as that of the lateness.
    package static let idleMaximum = latenessMaximum

    /// The longest lateness that may be asked for: what waits for longer is no stream.
    package static let latenessMaximum = Duration.seconds(30 * 86_400)

    package init(lateness: Duration = .zero, idle: Duration? = nil) {
        self.lateness = lateness
        self.idle = idle
    }

    /// Timers that fire after one event at most; those of which more are due follow the next
    /// events, in their order. Their keys' state travels with the events, so that large states make
    /// it fewer.
    ///
    /// - Parameter stateBytes: what the state of a key may have.
    package static func firings(stateBytes: UInt32) -> Int {
        max(1, min(firingsMaximum, firingStateBytes / max(1, Int(stateBytes))))
    }

    private static let firingsMaximum = 256
    /// State of as many bytes may go along for the timers of a run: a quarter of a frame.
    package static let firingStateBytes = 16 << 20
}

extension DefinitionFields {
    /// The timers that the script declares, if it does.
    func timers(_ state: StateDefinition?) throws(InvalidDefinition) -> TimerDefinition? {
        let table = try table("timers", known: ["idle", "lateness"])
        guard let function = fields["on_timer"] else {
            guard table == nil else {
                throw invalid(
                    "'timers' is there without 'on_timer'; add on_timer = function(timer, context) "
                        + "... end, which timers call", at: "timers")
            }
            return nil
        }
        guard function == StateDefinition.function else {
            throw invalid(
                "'on_timer' is \(function.kind); it must be a function of the timer and the "
                    + "context", at: "on_timer")
        }
        guard state != nil else {
            throw invalid(
                "'on_timer' is there without 'state'; timers belong to the state of a key: add "
                    + "state = {}", at: "on_timer")
        }
        return TimerDefinition(
            lateness: try duration(
                table?["lateness"], "lateness", .zero...TimerDefinition.latenessMaximum) ?? .zero,
            idle: try duration(
                table?["idle"], "idle", TimerDefinition.idleMinimum...TimerDefinition.idleMaximum))
    }

    private func duration(
        _ value: JSONValue?, _ name: String, _ range: ClosedRange<Duration>
    ) throws(InvalidDefinition) -> Duration? {
        guard let value else { return nil }
        guard case .string(let text) = value, let duration = Quantity.duration(text),
            range.contains(duration)
        else {
            let least = range.lowerBound == .zero ? "0s" : "1ms"
            throw invalid(
                "'timers.\(name)' must be a duration from \(least) to 30d, such as \"10s\"",
                at: "timers")
        }
        return duration
    }
}
