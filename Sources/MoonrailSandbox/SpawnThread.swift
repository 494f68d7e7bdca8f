import Dispatch
import Glibc
import MoonrailCore
import Synchronization

/// The one thread from which all hosts are started; it lives as long as the process.
///
/// A host asks the kernel to be killed when its parent dies, and to the kernel the parent is the
/// *thread* that started it. Threads of a pool leave when they are idle and would take their hosts
/// along; this one never leaves. Starting a process also takes a millisecond in which the caller's
/// thread stands still, which a thread of the cooperative pool must not.
final class SpawnThread: Sendable {
    /// One for the whole process: hosts may be started by anyone, but by no other thread.
    static let shared = SpawnThread()

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let waiting = DispatchSemaphore(value: 0)
    private let isRunning = Mutex(false)

    private init() {}

    /// Runs `job` on the thread, after the jobs that came before; suspends until it has run.
    ///
    /// - Throws: `cannotStart` when the system has no thread left, or what `job` throws.
    func run<Success: Sendable>(
        _ job: @escaping @Sendable () throws(HostError) -> Success
    ) async throws(HostError) -> Success {
        try ensureRunning()
        let result: Result<Success, HostError> = await withCheckedContinuation { continuation in
            jobs.withLock { jobs in
                jobs.append {
                    do throws(HostError) {
                        continuation.resume(returning: .success(try job()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
            waiting.signal()
        }
        return try result.get()
    }

    /// Starts the thread unless it is there.
    private func ensureRunning() throws(HostError) {
        let failure = isRunning.withLock { isRunning -> Int32 in
            if isRunning { return 0 }
            let failure = PermanentThread.start { SpawnThread.shared.serve() }
            isRunning = failure == 0
            return failure
        }
        if failure != 0 {
            throw .cannotStart("no thread to start it from: \(systemMessage(failure))")
        }
    }

    /// The thread's own loop; it stands still while there is nothing to do.
    private func serve() -> Never {
        while true {
            waiting.wait()
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?()
        }
    }
}
