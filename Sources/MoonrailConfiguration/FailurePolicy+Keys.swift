import MoonrailCore

extension FunctionOverrides {
    /// What is done about events that fail, in an entry of `functions`.
    static let failureKeys: [SettingsKey<FunctionOverrides>] = [
        SettingsKey(
            "on_failure", \.onFailure, .choice,
            "What happens when an event fails for good: a dead letter, the same and later events "
                + "of its key wait behind it, or the function stops in front of it."),
        SettingsKey(
            "retry", \.self, keys: retryKeys,
            "How an event that took its host along is run again."),
        SettingsKey(
            "breaker", \.breaker, .breaker,
            "When the function pauses by itself: when so many of its last events failed; false: "
                + "never."),
        SettingsKey(
            "on_breaker", \.onBreaker, .choice,
            "What happens when the breaker trips: the function pauses; or, in a version's first "
                + "minute, the version before it takes over."),
        SettingsKey(
            "loop", \.isLoop, .truth,
            "Whether it is meant that what it emits comes back to it."),
    ]

    /// The keys of `retry` in an entry of `functions`.
    static let retryKeys: [SettingsKey<FunctionOverrides>] = [
        SettingsKey(
            "attempts", \.retryAttempts, .number(1...RetryPolicy.attemptsMaximum),
            "Runs of the event alone before it is held to be the cause."),
        SettingsKey(
            "first_delay", \.retryFirstDelay, .retryDelay,
            "Pause before the second of them; each further one is twice as long."),
        SettingsKey("max_delay", \.retryMaximumDelay, .retryDelay, "The longest pause."),
    ]
}

/// What a file says of a breaker; what it leaves out goes by the rest.
struct BreakerDraft: Hashable, Sendable {
    var failures: Int?
    var events: Int?

    /// The keys of `breaker` in an entry of `functions`.
    static let keys: [SettingsKey<BreakerDraft>] = [
        SettingsKey(
            "failures", \.failures, .number(1...BreakerPolicy.eventsMaximum),
            "It pauses when so many of its last events failed.", unset: "half of `events`"),
        SettingsKey(
            "events", \.events, .number(1...BreakerPolicy.eventsMaximum),
            "How many of its last events count.", unset: "`\(BreakerPolicy().events)`"),
    ]

    /// - Returns: nil when more failures than events are wanted.
    var policy: BreakerPolicy? {
        let events = events ?? max(BreakerPolicy().events, failures ?? 0)
        let failures = failures ?? max(1, events / 2)
        return failures <= events ? BreakerPolicy(failures: failures, events: events) : nil
    }
}

extension ValueKind<BreakerPolicy?> {
    /// A table, or false for none.
    static let breaker = ValueKind("a table such as { failures: 100, events: 200 }, or false") {
        $0.map { "{ failures: \($0.failures), events: \($0.events) }" } ?? "false"
    } read: { node, subject, problems in
        if case .scalar(let scalar) = node.content, scalar.value == .bool(false) {
            return .some(nil)
        }
        guard case .table = node.content else {
            problems.append(
                node.mustBe(
                    "a table such as { failures: 100, events: 200 }, or false", subject))
            return nil
        }
        var draft = BreakerDraft()
        let problemsBefore = problems.count
        node.read(BreakerDraft.keys, of: subject, into: &draft, problems: &problems)
        guard problems.count == problemsBefore else { return nil }
        guard let policy = draft.policy else {
            problems.append(
                SettingsProblem(
                    line: node.line,
                    "\(subject) has more 'failures', \(draft.failures ?? 0), than 'events', "
                        + "\(draft.events ?? 0)"))
            return nil
        }
        return policy
    }
}

extension ValueKind<Duration> {
    static let retryDelay = duration(
        .milliseconds(1)...RetryPolicy.delayMaximum, example: "50ms")
}
