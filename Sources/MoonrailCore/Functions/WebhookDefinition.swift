/// What the configuration says of one webhook: whom the events of stations are delivered to.
package struct WebhookDefinition: Hashable, Sendable {
    /// Stations whose events are delivered, at least one.
    package var from: [StationName] = []
    /// An absolute `http` or `https` URL; empty until it is read.
    package var url = ""
    /// A file with the secret that deliveries are signed with; nil: they are not.
    package var secretFile: String?
    /// Where it begins in stations that it has not read yet: a new receiver rarely wants history.
    package var start = LaneStart.latest
    /// How long one attempt may take, one millisecond to five minutes.
    package var timeout = Duration.seconds(10)
    /// Attempts and the pauses between them, before an event becomes a dead letter: thirteen
    /// minutes in all, which outlasts a restart or a deployment of the receiver.
    package var retry = Self.defaultRetry

    package static let timeoutAllowed = Duration.milliseconds(1)...Duration.seconds(300)

    private static var defaultRetry: RetryPolicy {
        var retry = RetryPolicy()
        retry.attempts = 10
        retry.firstDelay = .seconds(1)
        retry.maximumDelay = .seconds(300)
        return retry
    }

    package init() {}
}

extension FunctionDefinition {
    /// A webhook as what its lanes work on: it reads stations, writes none, and an event that can't
    /// be delivered is a dead letter.
    ///
    /// - Parameter name: as the configuration names it, without `webhook.`.
    /// - Throws: `InvalidName` when the name would be too long.
    package init(webhook name: FunctionName, _ webhook: WebhookDefinition) throws(InvalidName) {
        self.name = try FunctionName(FunctionName.webhookPrefix + name.text)
        file = "webhooks.\(name)"
        description = "delivers to " + webhook.url
        tags = []
        from = webhook.from
        to = []
        start = webhook.start
        batchEvents = Self.webhookBatch
        limits = FunctionLimits()
        failure = FailurePolicy()
        failure.retry = webhook.retry
        // A receiver that takes none of so many events in a row is gone; somebody must look.
        failure.breaker = BreakerPolicy(failures: Self.webhookBreaker, events: Self.webhookBreaker)
        isLoop = false
        inputs = .object([:])
        state = nil
        timers = nil
    }

    /// Events that are read at once: what is under way when it stops is delivered again.
    private static let webhookBatch = 64
    private static let webhookBreaker = 5
}
