import FoundationEssentials
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
    /// What who sent it may do; nil for somebody whom nobody knows.
    var authority: Authority?
    /// From where it came, over the network: an address.
    var origin: String?
    var requestID = RequestID()
    /// The query, of parameters that the route declares.
    var query = QueryParameters()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks, as the audit shows it.
    func asker() async -> Asker {
        if let peer { return Asker(name: await peer.name(), from: "socket") }
        guard let authority else { return Asker.process }
        return Asker(name: authority.name, from: origin)
    }

    /// A parameter of the path, as text.
    ///
    /// - Throws: `Problem` for one that is not percent-encoded UTF-8.
    func pathText(_ name: String) throws -> String {
        let encoded = try parameters.require(name)
        guard let text = encoded.removingPercentEncoding else {
            throw Problem.badRequest("'\(encoded)' in the path is not percent-encoded UTF-8")
        }
        return text
    }
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
        // Who may use the socket may read and write the data directory's files anyway.
        context.authority = Authority(name: "uid \(peer.uid)", scopes: [.admin])
        return try await next(request, context)
    }
}
