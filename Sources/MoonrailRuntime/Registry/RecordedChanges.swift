import Logging
import MoonrailCore

/// Tells that something was recorded of functions: by this worker, or by others that share the
/// engine with it.
struct RecordedChanges: Sendable {
    let engine: any StationEngine
    let logger: Logger

    /// Calls `body` once at the beginning and after each change; changes that come together count
    /// as one. Runs until the task is cancelled.
    func report(_ body: @Sendable () async -> Void) async {
        let retry = Retry(clock: ContinuousClock(), logger: logger)
        var cursor = StationCursor(station: .functionChanges, partition: 0, offset: 0)
        while !Task.isCancelled {
            do throws(EngineError) {
                let end = try await retry.whileUnavailable { () async throws(EngineError) in
                    try await engine.open(cursor.station, settings: nil)
                    return try await engine.describe(cursor.station).partitions[0].next
                }
                guard let end else { return }
                cursor.offset = end
            } catch {
                logger.error("what other workers record of functions is not followed: \(error)")
                return
            }
            await body()
            await engine.wait(for: [cursor])
        }
    }
}
