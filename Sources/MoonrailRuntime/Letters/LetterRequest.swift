import MoonrailCore

/// A wish on its way to the lane that fulfils it.
///
/// The one who asked waits on the stream that came with it, which ends without an answer when the
/// request is dropped: the lane stopped before it came to it.
final class LetterRequest: Sendable {
    typealias Answer = Result<LetterSummary, EngineError>

    let wish: LetterWish
    private let continuation: AsyncStream<Answer>.Continuation

    private init(_ wish: LetterWish, _ continuation: AsyncStream<Answer>.Continuation) {
        self.wish = wish
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }

    /// Makes a request, gives it away through `send`, and answers with where its answer will come.
    static func send(
        _ wish: LetterWish, _ send: (LetterRequest) -> Void
    ) -> AsyncStream<Answer> {
        let (answers, continuation) = AsyncStream<Answer>.makeStream()
        send(LetterRequest(wish, continuation))
        return answers
    }

    func answer(_ answer: Answer) {
        continuation.yield(answer)
        continuation.finish()
    }
}
