import Hummingbird
import MoonrailCore
import MoonrailRuntime

/// Tokens: make, list, revoke.
struct TokenRoutes: Sendable {
    let operations: Operations
    let tokens: Tokens
    let now: @Sendable () -> EventTime

    /// Scopes of one token: who needs more may do everything.
    private static let scopesMaximum = 64
    /// A minute to ten years: what is to hold longer does not expire.
    private static let lifetime: ClosedRange<Int64> = 60...315_360_000

    func add(to routes: inout RouteTable) {
        routes.add(
            RouteDeclaration(
                .get, "/v1/tokens", access: .admin, "Lists all tokens, without their secrets.",
                answers: [.list(of: TokenMessage.self, "The tokens, by their names.")])
        ) { _, _ in try list() }
        routes.add(
            RouteDeclaration(
                .post, "/v1/tokens", access: .admin, "Makes a token, and tells its secret once.",
                body: .json(TokenWishMessage.self),
                answers: [
                    RouteAnswer(201, "The token, with its secret.", [.json(TokenMessage.self)])
                ], problems: [409])
        ) { request, context in try await create(request, context) }
        routes.add(
            RouteDeclaration(
                .delete, "/v1/tokens/{token}", access: .admin, "Takes a token away.",
                answers: [RouteAnswer(204, "It is worth nothing any more.")])
        ) { _, context in try await revoke(context) }
    }

    private func create(_ request: Request, _ context: LocalRequestContext) async throws -> Response
    {
        let wish = try await JSONAnswer.message(TokenWishMessage.self, of: request)
        guard (1...Self.scopesMaximum).contains(wish.scopes.count) else {
            throw Problem.badRequest("'scopes' must have 1 to \(Self.scopesMaximum) scopes")
        }
        if let seconds = wish.expiresIn, !Self.lifetime.contains(seconds) {
            throw Problem.badRequest(
                "'expires_in' must be \(Self.lifetime.lowerBound) to \(Self.lifetime.upperBound) "
                    + "seconds")
        }
        let name = try TokenName(wish.name)
        let expires = wish.expiresIn.map { now().advanced(by: .seconds($0)) }
        let (secret, record) = try await tokens.create(
            name, scopes: wish.scopes, expires: expires)
        await operations.audit.note(
            .tokenCreated, .token(name.text),
            because: wish.scopes.map(\.description).joined(separator: ", "),
            by: await context.asker())
        var message = message(record)
        message.token = secret.text
        return try JSONAnswer.response(message, status: .created)
    }

    private func list() throws -> Response {
        try JSONAnswer.response(tokens.records.map(message))
    }

    private func revoke(_ context: LocalRequestContext) async throws -> Response {
        let name = try TokenName(try context.pathText("token"))
        try await tokens.revoke(name)
        await operations.audit.note(
            .tokenRevoked, .token(name.text), by: await context.asker())
        return Response(status: .noContent)
    }

    private func message(_ record: TokenRecord) -> TokenMessage {
        TokenMessage(
            name: record.name, scopes: record.scopes, created: record.created,
            expires: record.expires.map { EventTime(microseconds: $0).description },
            expired: record.isExpired(at: now()))
    }
}
