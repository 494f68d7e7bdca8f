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
    /// Glances in a row without a request after which nobody is taken to be about to send one.
    private static let calmGlances = 5
    private static let glance = Duration.milliseconds(5)
    /// A glance that took longer shows a busy machine, on which clients are slow too: it proves
    /// nothing.
    private static let glanceMaximum = Duration.milliseconds(10)
    /// How long others may go on sending requests in all.
    private static let patienceMaximum = Duration.seconds(5)

    private struct State {
        var isLeaving = false
        var arrivals = 0
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
        state.withLock { $0.isLeaving = true }
        var calm = 0
        while calm < Self.calmGlances, clock.now < start + Self.patienceMaximum {
            let before = state.withLock { $0.arrivals }
            let took = try await clock.measure { try await Task.sleep(for: Self.glance) }
            let isCalm = took < Self.glanceMaximum && state.withLock { $0.arrivals } == before
            calm = isCalm ? calm + 1 : 0
        }
    }

    /// Takes note of a request that arrived.
    ///
    /// - Returns: whether the client is to be asked to connect anew for its next one.
    func noteArrival() -> Bool {
        state.withLock { state in
            state.arrivals += 1
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
