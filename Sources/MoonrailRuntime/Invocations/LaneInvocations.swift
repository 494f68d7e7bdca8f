import MoonrailCore

/// One lane's way to the invocation feed.
struct LaneInvocations: Sendable {
    private let feed: InvocationFeed
    private let lane: LaneID
    private let version: FunctionVersion
    private let outputs: [StationName]

    init(_ feed: InvocationFeed, of function: DeployableFunction, _ lane: LaneID) {
        self.feed = feed
        self.lane = lane
        version = function.version
        outputs = function.definition.to
    }

    /// Whether anybody wants to see what the lane does, and so how long it takes.
    var areWatched: Bool { feed.isWatched }

    /// Whether what scripts log is left to those who watch.
    var replaceLog: Bool { feed.replacesLog }

    /// Shows events that are settled.
    ///
    /// - Parameter reply: the latest one before; nil when there was none.
    func settled(_ ready: Delivery.Ready, of batch: LaneBatch, _ reply: RunReply?) {
        guard feed.isWatched else { return }
        feed.settled(
            SettledRun(
                lane: lane, version: version, outputs: outputs, batch: batch, reply: reply,
                ready: ready))
    }
}
