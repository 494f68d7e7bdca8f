import Synchronization

/// Asks everything that runs under it to end in order. It is made once and stays made.
final class StopRequest: Sendable {
    private struct State {
        var isMade = false
        var latest: UInt64 = 0
        var waiting: [UInt64: AsyncStream<Never>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// Whether it was made.
    var isMade: Bool { state.withLock { $0.isMade } }

    /// Makes the request. May be repeated.
    func make() {
        let waiting = state.withLock { state in
            state.isMade = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.finish() }
    }

    /// Waits until the request is made, or the task is cancelled.
    func wait() async {
        await cancelling {
            while (try? await Task.sleep(for: .seconds(86_400))) != nil {}
        }
    }

    /// Runs `body`, which is cancelled as soon as the request is made.
    func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        let (made, continuation) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> UInt64? in
            if state.isMade { return nil }
            state.latest += 1
            state.waiting[state.latest] = continuation
            return state.latest
        }
        if number == nil { continuation.finish() }
        defer {
            if let number { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }
        }
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                for await _ in made {}
                return nil
            }
            var value: Value?
            for await ended in group {
                if let ended { value = ended }
                group.cancelAll()
            }
            guard let value else { preconditionFailure("the body always ends with a value") }
            return value
        }
    }
}
