import Synchronization

/// Asks everything that runs under it to end in order. It is made once and stays made.
final class StopRequest: Sendable {
    private struct State {
        var isMade = false
        var latest: UInt64 = 0
        var waiting: [UInt64: AsyncStream<Never>.Continuation] = [:]
        /// Requests that are made with this one.
        var followers: [UInt64: StopRequest] = [:]
    }

    private let state = Mutex(State())

    /// Whether it was made.
    var isMade: Bool { state.withLock { $0.isMade } }

    /// Makes the request. May be repeated.
    func make() {
        let (waiting, followers) = state.withLock { state in
            state.isMade = true
            defer { (state.waiting, state.followers) = ([:], [:]) }
            return (state.waiting, state.followers)
        }
        for follower in followers.values { follower.make() }
        for continuation in waiting.values { continuation.finish() }
    }

    /// Runs `body` with a request of its own, which is made with this one: by the time `make`
    /// returns, both are.
    func followed<Value>(_ body: (StopRequest) async -> Value) async -> Value {
        let follower = StopRequest()
        let number = state.withLock { state -> UInt64? in
            if state.isMade { return nil }
            state.latest += 1
            state.followers[state.latest] = follower
            return state.latest
        }
        if number == nil { follower.make() }
        defer {
            if let number { state.withLock { _ = $0.followers.removeValue(forKey: number) } }
        }
        return await body(follower)
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
