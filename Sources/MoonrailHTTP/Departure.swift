import FoundationEssentials
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
    /// After so long without a request nobody is waited for, however busy the machine is.
    private static let silenceMaximum = Duration.seconds(1)
    /// How long others may go on sending requests in all.
    private static let patienceMaximum = Duration.seconds(5)

    private struct State {
        var isLeaving = false
        var arrivals = 0
    }

    private let socket: String?
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    /// - Parameter socket: what goes first; nil where the server itself takes nobody new.
    init(socket: String?) {
        self.socket = socket
    }

    /// Waits for the graceful shutdown, and then until the server may stop.
    func run() async throws {
        try await gracefulShutdown()
        if let socket { unlink(socket) }
        let start = clock.now
        state.withLock { $0.isLeaving = true }
        var calm = 0
        var lastArrival = start
        while calm < Self.calmGlances, clock.now < start + Self.patienceMaximum,
            clock.now < lastArrival + Self.silenceMaximum
        {
            let before = state.withLock { $0.arrivals }
            let took = try await clock.measure { try await Task.sleep(for: Self.glance) }
            let isSilent = state.withLock { $0.arrivals } == before
            if !isSilent { lastArrival = clock.now }
            calm = isSilent && took < Self.glanceMaximum && !Self.isMachineBusy ? calm + 1 : 0
        }
    }

    /// Whether more threads want to run than there are processors (`/proc/loadavg`, man 5 proc): a
    /// client that is connected may then be waiting for its turn to send.
    private static var isMachineBusy: Bool {
        guard let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8),
            let runnable = text.split(separator: " ").dropFirst(3).first?.split(separator: "/")
                .first
                .flatMap({ Int($0) })
        else { return false }
        // This thread is one of them.
        return runnable - 1 > sysconf(CInt(_SC_NPROCESSORS_ONLN))
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
    typealias Context = LocalRequestContext

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
