import Glibc
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// Lets a server leave without breaking off anybody's request.
///
/// First the socket goes, so that no one new comes. Answers from then on ask their clients to
/// connect anew, which leads them to the directory's next owner. Only when no more requests come
/// is the server itself stopped.
final class Departure: Service {
    /// How long a client that has connected may take to send its request.
    private static let patience = Duration.milliseconds(25)
    /// How long others may go on sending requests in all.
    private static let patienceMaximum = Duration.seconds(2)
    private static let glance = Duration.milliseconds(5)

    private struct State {
        var isLeaving = false
        var lastArrival: ContinuousClock.Instant?
    }

    private let socket: String
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    init(socket: String) {
        self.socket = socket
    }

    /// Waits for the graceful shutdown, and then until the server may stop.
    func run() async throws {
        try await gracefulShutdown()
        unlink(socket)
        let start = clock.now
        state.withLock {
            $0.isLeaving = true
            $0.lastArrival = start
        }
        while clock.now < start + Self.patienceMaximum {
            try await Task.sleep(for: Self.glance)
            let lastArrival = state.withLock { $0.lastArrival } ?? start
            if clock.now >= lastArrival + Self.patience { return }
        }
    }

    /// Takes note of a request that arrived.
    ///
    /// - Returns: whether the client is to be asked to connect anew for its next one.
    func noteArrival() -> Bool {
        state.withLock { state in
            if state.isLeaving { state.lastArrival = clock.now }
            return state.isLeaving
        }
    }
}

/// Tells clients of a server that leaves.
struct DepartureMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    let departure: Departure

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        _ = departure.noteArrival()
        var response = try await next(request, context)
        if departure.noteArrival() { response.headers[.connection] = "close" }
        return response
    }
}
