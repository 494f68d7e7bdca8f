import AsyncHTTPClient
import FoundationEssentials
import MoonrailConfiguration
import MoonrailCore
import NIOSSL

/// Reaches the API of a worker over the network.
struct RemoteConnection: Sendable {
    /// Scheme, host and port.
    private let server: String
    private let authorization: String?
    private let tls: TLSConfiguration?

    /// A token's file: one line, with room for what an editor adds.
    private static let tokenBytes = 4_096

    /// - Throws: `CommandFailure` when a file that the settings name can't be read.
    init(_ server: String, _ settings: ClientSettings) throws {
        self.server = server
        authorization = try Self.token(settings).map { "Bearer " + $0 }
        if authorization != nil, server.hasPrefix("http:") {
            // Everybody in between would have it.
            let address = String(server.dropFirst("http://".count))
            guard let host = try? ListenAddress(address.contains(":") ? address : address + ":80"),
                host.isLoopback
            else {
                throw CommandFailure(
                    .usage, "a token is not sent to \(server) in the clear; use https")
            }
        }
        tls = server.hasPrefix("https:") ? try Self.tls(settings) : nil
    }

    private static func token(_ settings: ClientSettings) throws(CommandFailure) -> String? {
        let variable = SettingsVariables.token
        guard let file = settings.tokenFile else {
            return try ProcessInfo.processInfo.environment[variable].map {
                text throws(CommandFailure) in try checked(text, of: variable)
            }
        }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandFailure(.notFound, "the token's file '\(file)' can't be read")
        }
        return try checked(text, of: "the token's file '\(file)'")
    }

    /// The token without the white space around it. It is never shown.
    private static func checked(
        _ text: String, of place: String
    ) throws(CommandFailure) -> String {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...tokenBytes).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw CommandFailure(.usage, "\(place) holds no token; it must be one line") }
        return token
    }

    private static func tls(_ settings: ClientSettings) throws(CommandFailure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let authorities = settings.authorities {
                configuration.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMFile(authorities))
            }
            if let certificate = settings.certificate {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate)
                    .map { .certificate($0) }
            }
            if let key = settings.key {
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(file: key, format: .pem))
            }
        } catch {
            throw CommandFailure(
                .usage,
                "a file of --authorities, --certificate or --certificate-key can't be read: it "
                    + "must be PEM (\(error))")
        }
        guard configuration.certificateChain.isEmpty == (configuration.privateKey == nil) else {
            throw CommandFailure(.usage, "--certificate and --certificate-key go together")
        }
        return configuration
    }

    func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (APIClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = tls
        // A server that names another place is none of ours, and must not get the token.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = APIClient.Server(url: server, authorization: authorization)
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            do {
                return try await Interruption.guarded {
                    try await body(APIClient(http: http, server: client))
                }
            } catch let error as APIClient.ServerLeft {
                throw CommandFailure(
                    .unavailable, "can't reach \(server): \(Self.text(error.reason))")
            }
        }
    }

    private static func text(_ error: any Error) -> String {
        guard case .handshakeFailed(let reason) = error as? NIOSSLError else { return "\(error)" }
        return "TLS fails: \(reason)"
    }
}
