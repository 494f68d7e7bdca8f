import Glibc
import Hummingbird
import MoonrailRuntime
import NIOCore

/// What routes know of a request besides itself: who sent it.
struct LocalRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Nil before `PeerMiddleware` has found out.
    fileprivate(set) var peer: Peer?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks, as the audit shows it.
    func askerName() async -> String { await peer?.name() ?? Asker.process.name }
}

/// Finds out who sent a request, and refuses users who are neither the process's own nor root.
struct PeerMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    let peers: Peers
    private let owner = geteuid()

    init(peers: Peers) {
        self.peers = peers
    }

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let peer: Peer
        do {
            peer = try await peers.peer(of: context.channel)
        } catch is ChannelError {
            throw Problem.unavailable("the connection was closed before the request was taken")
        }
        guard peer.mayAsk(processOf: owner) else { throw Problem.notAllowed(uid: peer.uid) }
        var context = context
        context.peer = peer
        return try await next(request, context)
    }
}
