import UnixSignals

/// Lets a command end in order when the user or the system stops it.
enum Interruption {
    /// Runs `body`; SIGINT and SIGTERM cancel it.
    ///
    /// - Throws: `CommandFailure.interrupted` after `body` has ended; what `body` throws.
    static func guarded(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(operation: body)
            group.addTask {
                for await _ in signals { throw CommandFailure.interrupted }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
