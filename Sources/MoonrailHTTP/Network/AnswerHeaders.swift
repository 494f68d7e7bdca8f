import HTTPTypes
import Hummingbird
import MoonrailCore

/// What every answer to the network says besides what it answers.
enum AnswerHeaders {
    /// They keep browsers from guessing, keeping, showing and embedding what is data.
    private static let always: HTTPFields = {
        var fields: HTTPFields = [
            .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        ]
        for (text, value) in [
            ("cross-origin-resource-policy", "same-origin"), ("referrer-policy", "no-referrer"),
        ] {
            if let name = HTTPField.Name(text) { fields[name] = value }
        }
        return fields
    }()

    static func of(status: Int) -> HTTPFields {
        var fields = always
        switch status {
        case 401: fields[.wwwAuthenticate] = "Bearer"
        // All that passes by itself passes soon.
        case 429, 503: fields[.retryAfter] = "1"
        default: break
        }
        return fields
    }

    /// Adds those that the answer does not have.
    static func add(to response: inout Response) {
        for field in of(status: response.status.code) where response.headers[field.name] == nil {
            response.headers.append(field)
        }
    }
}

/// Gives all answers their headers, and lets pages of the origins that may read them.
struct AnswerHeadersMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    /// As browsers send them.
    let origins: Set<String>

    private static let methods = "GET, POST, PUT, PATCH, DELETE"
    /// How long a browser need not ask again.
    private static let keptSeconds = 600

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
        var response: Response
        if let origin, request.method == .options,
            request.headers[.accessControlRequestMethod] != nil
        {
            response = Self.permission(request)
            response.headers[.accessControlAllowOrigin] = origin
        } else {
            response = try await next(request, context)
        }
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = "*"
            if let policy = HTTPField.Name("cross-origin-resource-policy") {
                response.headers[policy] = "cross-origin"
            }
        }
        if !origins.isEmpty { response.headers[.vary] = "Origin" }
        AnswerHeaders.add(to: &response)
        return response
    }

    /// What a browser asks for before it lets a page ask.
    private static func permission(_ request: Request) -> Response {
        var response = Response(status: .noContent)
        response.headers[.accessControlAllowMethods] = methods
        response.headers[.accessControlAllowHeaders] =
            request.headers[.accessControlRequestHeaders] ?? "*"
        response.headers[.accessControlMaxAge] = String(keptSeconds)
        return response
    }
}
