import ServiceLifecycle

/// What runs for an engine's sake beside those who use it, until they have stopped.
struct EngineCare: Service {
    /// Runs until the task is cancelled, and then until what it has under way is ended. What it
    /// throws ends those who use the engine.
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await body() }
    }
}
