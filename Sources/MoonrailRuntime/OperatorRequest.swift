import MoonrailCore

/// A wish about dead letters on its way to the lane that fulfils it.
typealias LetterRequest = OperatorRequest<LetterWish, Result<LetterSummary, EngineError>>

/// A wish on its way to whoever fulfils it.
///
/// The one who asked waits on the stream that came with it, which ends without an answer when the
/// request is dropped: the other stopped before it came to it.
final class OperatorRequest<Wish: Sendable, Answer: Sendable>: Sendable {
    let wish: Wish
    private let continuation: AsyncStream<Answer>.Continuation

    private init(_ wish: Wish, _ continuation: AsyncStream<Answer>.Continuation) {
        self.wish = wish
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }

    /// Makes a request, gives it away through `send`, and answers with where its answer will come.
    static func send(
        _ wish: Wish, _ send: (OperatorRequest) -> Void
    ) -> AsyncStream<Answer> {
        let (answers, continuation) = AsyncStream<Answer>.makeStream()
        send(OperatorRequest(wish, continuation))
        return answers
    }

    func answer(_ answer: Answer) {
        continuation.yield(answer)
        continuation.finish()
    }
}
