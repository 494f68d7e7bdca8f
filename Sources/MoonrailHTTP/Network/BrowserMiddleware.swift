import HTTPTypes
import Hummingbird
import MoonrailCore

/// Keeps pages of other sites from asking through a browser that can reach the server: by a name
/// that they made point to it, or by sending requests whose answers they could not read.
struct BrowserMiddleware: RouterMiddleware {
    typealias Context = LocalRequestContext

    /// Names by which it may be called; nil for any.
    let hosts: Set<String>?
    /// Origins whose pages may ask.
    let origins: Set<String>
    /// Whether it is served over TLS.
    let isSecure: Bool

    private static let fetchSite = HTTPField.Name("sec-fetch-site")
    private static let fetchMode = HTTPField.Name("sec-fetch-mode")

    /// The names of a server that only this machine reaches.
    static func ownNames(of address: ListenAddress) -> [String] {
        ["localhost", "127.0.0.1", "[::1]", address.hostText]
    }

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let host = request.head.authority ?? ""
        if let hosts, !hosts.contains(HostText.name(host)) {
            // HTTP/1.0 may leave it out, and no browser does.
            guard host.isEmpty else { throw Problem.hostRefused(host) }
        }
        if let origin = request.headers[.origin] {
            let own = (isSecure ? "https://" : "http://") + host.lowercased()
            guard origin == own || origins.contains(origin) else { throw Problem.originRefused }
        } else {
            // Requests that only read have no origin, and a browser says where they come from.
            try checkSite(request)
        }
        return try await next(request, context)
    }

    private func checkSite(_ request: Request) throws(Problem) {
        guard let site = Self.fetchSite.flatMap({ request.headers[$0] }) else { return }
        if site == "same-origin" || site == "none" { return }
        // Who follows a link sees the answer; the page that has the link does not.
        let mode = Self.fetchMode.flatMap { request.headers[$0] }
        guard mode == "navigate", request.method == .get else { throw .originRefused }
    }
}
