import Hummingbird
import MoonrailCore

/// The routes of the API: the only way to add one, which asks for all that clients must know of it
/// and lets nobody through to its handler who may not call it.
struct RouteTable {
    typealias Handler =
        @Sendable (Request, LocalRequestContext) async throws -> Response
    typealias Middleware = any MiddlewareProtocol<Request, Response, LocalRequestContext>

    private let router = Router(context: LocalRequestContext.self)
    private let paths = DeclaredPaths()
    private(set) var declarations: [RouteDeclaration] = []

    /// - Parameter middlewares: through all of which each request goes, the first one first.
    init(middlewares: [Middleware]) {
        for middleware in middlewares { router.add(middleware: middleware) }
        router.add(middleware: OtherMethodsMiddleware(paths: paths))
    }

    /// Adds a route.
    ///
    /// - Parameter handler: called only for who has the scope that the route demands, with
    ///   a query of parameters that are declared.
    mutating func add(_ declaration: RouteDeclaration, _ handler: @escaping Handler) {
        precondition(
            !declarations.contains {
                $0.method == declaration.method && $0.path == declaration.path
            }, "\(declaration.method.rawValue) \(declaration.path) is declared twice")
        declarations.append(declaration)
        paths.add(declaration)
        let path = Self.routerPath(declaration.path)
        router.on(path, method: Self.routerMethod(declaration.method)) { request, context in
            var context = context
            context.query = try await Self.admit(request, context, to: declaration)
            return try await handler(request, context)
        }
    }

    /// What answers requests; nothing can be added to it.
    func sealed() -> SealedRouter { SealedRouter(router: router) }

    /// What answers requests, once the table is complete.
    struct SealedRouter: HTTPResponderBuilder {
        fileprivate let router: Router<LocalRequestContext>

        func buildResponder() -> RouterResponder<LocalRequestContext> { router.buildResponder() }
    }

    /// - Returns: the query.
    /// - Throws: `Problem` for who may not call the route, or a query that it does not take.
    private static func admit(
        _ request: Request, _ context: LocalRequestContext, to declaration: RouteDeclaration
    ) async throws -> QueryParameters {
        try checkAccess(context, to: declaration)
        do {
            return try QueryParameters(of: request, known: declaration.queryNames)
        } catch {
            await discardBody(of: request)
            throw error
        }
    }

    private static func checkAccess(
        _ context: LocalRequestContext, to declaration: RouteDeclaration
    ) throws {
        guard declaration.access != .open else { return }
        guard let authority = context.authority else { throw Problem.notAuthenticated }
        let station =
            try context.parameters.get("station") == nil ? nil : context.stationName()
        guard authority.allows(declaration.access, station: station) else {
            throw Problem.scopeMissing(declaration.access, station: station)
        }
    }

    /// Reads the body and throws it away: a client that first writes all and then reads would
    /// never see the answer otherwise. After too much of it, the connection is broken off.
    private static func discardBody(of request: Request) async {
        var count = 0
        var parts = request.body.makeAsyncIterator()
        while count <= IntakeBounds.discardedBytes, let part = try? await parts.next() {
            count += part.readableBytes
        }
    }

    private static func routerMethod(_ method: RouteDeclaration.Method) -> HTTPRequest.Method {
        switch method {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }

    private static func routerPath(_ path: String) -> RouterPath {
        let parts = path.split(separator: "/").map { part in
            part.hasPrefix("{") ? ":" + part.dropFirst().dropLast() : String(part)
        }
        return RouterPath(parts.joined(separator: "/"))
    }
}
