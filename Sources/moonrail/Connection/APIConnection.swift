import MoonrailConfiguration

/// Reaches the API: over the network where the settings name a server, else that of the data
/// directory.
enum APIConnection: Sendable {
    enum Access {
        /// The data directory must exist.
        case reading
        /// It is created when it is missing, with the stations that the configuration declares.
        case creating
    }

    case local(LocalConnection)
    case remote(RemoteConnection)

    /// - Throws: `CommandFailure` when the directory is missing or what the server wants to see
    ///   can't be read, `unavailable` when the directory's path is too long.
    init(_ settings: Settings, access: Access) throws {
        if let server = settings.client.server {
            self = .remote(try RemoteConnection(server, settings.client))
        } else {
            self = .local(try LocalConnection(settings, access: access))
        }
    }

    /// Calls `body` with a client of the API; again, when the server left before it took a request.
    ///
    /// - Throws: `CommandFailure.interrupted` when the user stops it.
    func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (APIClient) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .local(let connection): try await connection.withClient(body)
        case .remote(let connection): try await connection.withClient(body)
        }
    }
}
