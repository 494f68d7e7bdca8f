import MoonrailCore

/// An engine that this process has opened.
struct OpenEngine: Sendable {
    let engine: any StationEngine
    /// Which lanes this process may run.
    let ownership: any LaneOwnership
    /// What runs beside those who use it.
    let care: [EngineCare]
    /// Gives everything back that was opened; what is under way is ended before.
    let close: @Sendable () async -> Void

    /// Calls `body` and closes the engine afterwards.
    func closing<Value>(_ body: () async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await close()
        return try result.get()
    }
}
