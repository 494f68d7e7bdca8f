import Hummingbird
import Synchronization

/// Which methods each path of the API has.
final class DeclaredPaths: Sendable {
    /// By the path as it is declared, in its parts.
    private let methods = Mutex<[[Substring]: Set<String>]>([:])

    func add(_ declaration: RouteDeclaration) {
        methods.withLock {
            _ = $0[declaration.path.split(separator: "/"), default: []]
                .insert(declaration.method.rawValue)
        }
    }

    /// The methods that a path of a request has; none for one that is not declared.
    func methods(of path: String) -> Set<String> {
        let parts = path.split(separator: "/")
        return methods.withLock { methods in
            let matching = methods.filter { declared, _ in
                declared.count == parts.count
                    && zip(declared, parts).allSatisfy { Self.isParameter($0) || $0 == $1 }
            }
            // As the router does, which takes a part that is spelled out for that and nothing else.
            return matching.min { Self.parameters($0.key) < Self.parameters($1.key) }?.value ?? []
        }
    }

    private static func parameters(_ parts: [Substring]) -> Int {
        parts.count(where: isParameter)
    }

    private static func isParameter(_ part: Substring) -> Bool { part.hasPrefix("{") }
}

/// Answers a method that a path does not have by those that it has.
struct OtherMethodsMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    let paths: DeclaredPaths

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let allowed = paths.methods(of: request.uri.path)
            if allowed.isEmpty { throw error }
            throw Problem.methodNotAllowed(
                request.method.rawValue, request.uri.path,
                allowed: allowed.sorted().joined(separator: ", "))
        }
    }
}
