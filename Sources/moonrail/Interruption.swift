import UnixSignals

/// Lets a command end in order when the user or the system stops it.
enum Interruption {
    /// Runs `body`; SIGINT and SIGTERM cancel it.
    ///
    /// - Throws: `CommandFailure.interrupted` after `body` has ended; what `body` throws.
    static func guarded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals { throw CommandFailure.interrupted }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let value = ended { return value }
            }
            throw CancellationError()
        }
    }
}
