import Glibc

/// Threads that live as long as the process, for work that must not stand on a pool's threads.
enum PermanentThread {
    /// Starts a thread that runs `body` and nothing else.
    ///
    /// - Returns: an error number of `pthread_create`; 0 when the thread runs.
    static func start(_ body: @escaping @Sendable () -> Never) -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var identity = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let failure = pthread_create(
            &identity, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            }, box.toOpaque())
        if failure != 0 { box.release() }
        return failure
    }

    private final class Box {
        let body: @Sendable () -> Never

        init(_ body: @escaping @Sendable () -> Never) {
            self.body = body
        }
    }
}
