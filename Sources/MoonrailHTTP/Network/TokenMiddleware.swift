import Hummingbird
import MoonrailCore
import NIOCore

/// Finds out who asks by the token that a request brings. Without one nobody is known, and only
/// what is open to all is answered.
struct TokenMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    let tokens: Tokens

    private static let scheme = "bearer "

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.origin = context.channel.remoteAddress?.ipAddress
        if let value = request.headers[.authorization] {
            guard value.prefix(Self.scheme.count).lowercased() == Self.scheme else {
                throw Problem.authorizationUnknown
            }
            let secret = value.dropFirst(Self.scheme.count).drop { $0 == " " }
            guard let authority = tokens.authority(of: String(secret)) else {
                throw Problem.tokenRefused
            }
            context.authority = authority
        } else if !tokens.areRequired {
            context.authority = Authority(name: "anybody", scopes: [.admin])
        }
        return try await next(request, context)
    }
}
