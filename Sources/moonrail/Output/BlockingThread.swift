import Dispatch
import Glibc
import Synchronization

/// Runs calls that wait for a file or a terminal, one after another, away from the threads that
/// tasks share.
final class BlockingThread: Sendable {
    private let queue: DispatchQueue

    init(name: String) {
        queue = DispatchQueue(label: name)
    }

    /// Tells the work of a cancelled task to stop waiting.
    final class Cancellation: Sendable {
        private let flag = Atomic<Bool>(false)
        var isCancelled: Bool { flag.load(ordering: .relaxed) }
        fileprivate func cancel() { flag.store(true, ordering: .relaxed) }
    }

    /// How often waiting work looks whether it was cancelled.
    private static let glanceMilliseconds: Int32 = 100

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(with: Result { try body(cancellation) })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs a call that nobody waits for, after those before it.
    func start(_ body: @escaping @Sendable (Cancellation) -> Void) {
        queue.async { body(Cancellation()) }
    }

    /// Waits until the descriptor can be read or written.
    ///
    /// - Parameter events: `POLLIN` or `POLLOUT`.
    /// - Throws: `CancellationError`.
    static func wait(
        for descriptor: CInt, events: CInt, _ cancellation: Cancellation
    ) throws {
        var descriptor = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while poll(&descriptor, 1, glanceMilliseconds) <= 0 {
            if cancellation.isCancelled { throw CancellationError() }
        }
    }
}
