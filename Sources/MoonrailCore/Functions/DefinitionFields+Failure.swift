extension DefinitionFields {
    /// What the script says of events that fail.
    func failurePolicy() throws(InvalidDefinition) -> FailurePolicy {
        var policy = FailurePolicy()
        policy.onFailure = try choice("on_failure") ?? policy.onFailure
        policy.onBreaker = try choice("on_breaker") ?? policy.onBreaker
        if let table = try table("retry", known: ["attempts", "first_delay", "max_delay"]) {
            try read(table, into: &policy.retry)
        }
        switch fields["breaker"] {
        case .bool(false):
            policy.breaker = nil
        case nil, .bool(true):
            break
        case .object:
            policy.breaker = try breaker()
        case .some(let other):
            throw invalid(
                "'breaker' is \(other.kind); it must be a table such as { failures = 100, events = "
                    + "200 }, or false", at: "breaker")
        }
        return policy
    }

    private func read(
        _ table: [String: JSONValue], into retry: inout RetryPolicy
    ) throws(InvalidDefinition) {
        if let attempts = table["attempts"] {
            retry.attempts = try number(
                attempts, "retry.attempts", 1...RetryPolicy.attemptsMaximum)
        }
        if let delay = table["first_delay"] {
            retry.firstDelay = try self.delay(delay, "retry.first_delay")
        }
        if let delay = table["max_delay"] {
            retry.maximumDelay = try self.delay(delay, "retry.max_delay")
        } else {
            retry.maximumDelay = max(retry.maximumDelay, retry.firstDelay)
        }
        guard retry.firstDelay <= retry.maximumDelay else {
            throw invalid("'retry.first_delay' is longer than 'retry.max_delay'", at: "retry")
        }
    }

    private func breaker() throws(InvalidDefinition) -> BreakerPolicy {
        guard let table = try table("breaker", known: ["failures", "events"]) else {
            return BreakerPolicy()
        }
        let defaults = BreakerPolicy()
        let events = try table["events"].map { (value) throws(InvalidDefinition) in
            try number(value, "breaker.events", 1...BreakerPolicy.eventsMaximum)
        }
        let failures = try table["failures"].map { (value) throws(InvalidDefinition) in
            try number(value, "breaker.failures", 1...BreakerPolicy.eventsMaximum)
        }
        let ofEvents = events ?? max(defaults.events, failures ?? 0)
        let wanted = failures ?? max(1, ofEvents / 2)
        guard wanted <= ofEvents else {
            throw invalid(
                "'breaker.failures' is \(wanted), more than its 'events', \(ofEvents)",
                at: "breaker")
        }
        return BreakerPolicy(failures: wanted, events: ofEvents)
    }

    private func delay(
        _ value: JSONValue, _ name: String
    ) throws(InvalidDefinition) -> Duration {
        guard case .string(let text) = value, let delay = Quantity.duration(text),
            (.milliseconds(1)...RetryPolicy.delayMaximum).contains(delay)
        else {
            throw invalid("'\(name)' must be a time from 1ms to 300s, such as \"50ms\"", at: name)
        }
        return delay
    }
}

extension FailurePolicy {
    /// Takes over what the operator says of one function.
    mutating func apply(_ overrides: FunctionOverrides) {
        onFailure = overrides.onFailure ?? onFailure
        retry.attempts = overrides.retryAttempts ?? retry.attempts
        retry.firstDelay = overrides.retryFirstDelay ?? retry.firstDelay
        // A longer first pause than the script's longest one stretches that.
        retry.maximumDelay = max(
            overrides.retryMaximumDelay ?? retry.maximumDelay, retry.firstDelay)
        if let given = overrides.breaker { breaker = given }
        onBreaker = overrides.onBreaker ?? onBreaker
    }
}
