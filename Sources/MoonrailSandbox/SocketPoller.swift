import CEpoll
import Glibc
import MoonrailCore
import Synchronization

/// One thread that waits for the sockets of all hosts, by `epoll`, and calls who watches them.
///
/// Dispatch sources would do the same, but on Linux they free their registration too early when
/// many are set up and cancelled on several threads (swift-corelibs-libdispatch, issue 949): a
/// worker whose hosts die by the thousand would crash. Here a watch is a number that is never used
/// again, so that an event which comes after its end finds nobody.
final class SocketPoller: Sendable {
    /// One for the whole process.
    static let shared = SocketPoller()

    /// A socket that is being watched.
    struct Watch: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        /// The epoll descriptor, once the thread runs.
        var epoll: Int32?
        var latest: UInt64 = 0
        var handlers: [UInt64: @Sendable () -> Void] = [:]
    }

    /// Events taken from the kernel at once.
    private static let eventsMaximum = 64

    private let state = Mutex(State())

    private init() {}

    /// Has `ready` called on the poller's thread whenever the socket can be read or has ended,
    /// until `unwatch`. `ready` must not block, and must take away what made the socket ready.
    ///
    /// - Throws: `cannotStart` when the system has no descriptor or thread left.
    func watch(
        _ socket: Int32, _ ready: @escaping @Sendable () -> Void
    ) throws(HostError) -> Watch {
        let (watch, failure) = state.withLock { state -> (Watch, Int32) in
            if let failure = ensureRunning(&state) { return (Watch(number: 0), failure) }
            state.latest += 1
            let watch = Watch(number: state.latest)
            let failure = control(EPOLL_CTL_ADD, socket, watch, forRoom: false, state)
            if failure == 0 { state.handlers[watch.number] = ready }
            return (watch, failure)
        }
        if failure != 0 { throw .cannotStart("no way to watch it: \(systemMessage(failure))") }
        return watch
    }

    /// Has the watcher called also when the socket takes more bytes, or no longer so.
    func setWatchesRoom(_ watchesRoom: Bool, _ socket: Int32, _ watch: Watch) {
        state.withLock { state in
            _ = control(EPOLL_CTL_MOD, socket, watch, forRoom: watchesRoom, state)
        }
    }

    /// Ends a watch. A call that is under way may still come to its end after this. The socket must
    /// still be open.
    func unwatch(_ socket: Int32, _ watch: Watch) {
        state.withLock { state in
            _ = control(EPOLL_CTL_DEL, socket, watch, forRoom: false, state)
            state.handlers[watch.number] = nil
        }
    }

    /// - Returns: an error number, or 0.
    private func control(
        _ operation: Int32, _ socket: Int32, _ watch: Watch, forRoom: Bool, _ state: State
    ) -> Int32 {
        guard let epoll = state.epoll else { return EBADF }
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (forRoom ? EPOLLOUT.rawValue : 0)
        event.data.u64 = watch.number
        return epoll_ctl(epoll, operation, socket, &event) == 0 ? 0 : errno
    }

    /// Starts the thread unless it runs.
    ///
    /// - Returns: an error number; nil when it runs.
    private func ensureRunning(_ state: inout State) -> Int32? {
        if state.epoll != nil { return nil }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { return errno }
        let failure = PermanentThread.start { SocketPoller.shared.serve(epoll) }
        guard failure == 0 else {
            _ = close(epoll)
            return failure
        }
        state.epoll = epoll
        return nil
    }

    /// The thread's own loop.
    private func serve(_ epoll: Int32) -> Never {
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsMaximum)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), -1)
            // Nothing but an interruption can fail here: the descriptor is never closed.
            guard count > 0 else { continue }
            for event in events.prefix(Int(count)) {
                let number = event.data.u64
                state.withLock { $0.handlers[number] }?()
            }
        }
    }
}
