import MoonrailCore

extension Problem {
    static func methodNotAllowed(_ method: String) -> Problem {
        Problem(
            "method-not-allowed", title: "No such method", status: 405,
            detail: "the API has no \(method)")
    }

    static let versionNotSupported = Problem(
        "version-not-supported", title: "No such version of HTTP", status: 505,
        detail: "the API speaks HTTP/1.1")

    static let headTooLarge = Problem(
        "head-too-large", title: "The request's head is too large", status: 431,
        detail: "a line of a request's head may have \(NetworkBounds.lineBytes) bytes, all of "
            + "them \(NetworkBounds.headBytes), and there may be \(NetworkBounds.headLines)")

    static let headTooSlow = Problem(
        "too-slow", title: "The request came too slowly", status: 408,
        detail: "the head of a request must be complete within \(NetworkBounds.headTime)")

    static let bodyTooSlow = Problem(
        "too-slow", title: "The request came too slowly", status: 408,
        detail: "a body may take \(NetworkBounds.bodyGrace), and a second more for each "
            + "\(NetworkBounds.bodyBytesPerSecond) bytes")

    static let malformed = Problem.badRequest("the request is no valid HTTP/1.1")

    static let tooManyInFlight = Problem(
        "too-many-requests", title: "Too many requests at once", status: 429,
        detail: "a connection may have \(NetworkBounds.requestsInFlight) requests without an "
            + "answer; read the answers first")

    static let tooManyConnections = Problem(
        "too-many-connections", title: "Too many connections", status: 503,
        detail: "the server has as many connections as it may; try again, or raise "
            + "http.connections")

    /// A token that is none, or none any more. What is wrong with it only its owner may know.
    static let tokenRefused = Problem(
        "token-refused", title: "The token is not valid", status: 401,
        detail: "the token is unknown, revoked or expired; make one with: moonrail token create")

    static let authorizationUnknown = Problem(
        "token-refused", title: "The token is not valid", status: 401,
        detail: "'authorization' must be 'Bearer ' and a token")

    static func hostRefused(_ host: String) -> Problem {
        Problem(
            "host-refused", title: "Not a name of this server", status: 421,
            detail: "'\(host)' is no name of this server; call it by its address, or add the name "
                + "to http.hosts")
    }

    static let originRefused = Problem(
        "origin-refused", title: "The page may not call the API", status: 403,
        detail: "a page of another origin asks; add the origin to http.origins if it may")
}
