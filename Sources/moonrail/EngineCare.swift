import ServiceLifecycle

/// What runs for an engine's sake beside those who use it, until they have stopped.
struct EngineCare: Service {
    /// Runs until the task is cancelled, and then until what it has under way is ended.
    let body: @Sendable () async -> Void

    func run() async {
        await cancelWhenGracefulShutdown { await body() }
    }
}
