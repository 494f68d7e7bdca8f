import MoonrailCore

/// How a worker serves the API on the network. A new value holds the defaults.
package struct HTTPSettings: Hashable, Sendable {
    /// Nil: only on the socket in the data directory.
    package var listen: ListenAddress?
    /// Names besides its own address under which clients of this machine may ask for it.
    package var hosts: [String] = []
    /// Pages of which origins may call the API from a browser.
    package var origins: [String] = []
    /// Connections at a time.
    package var connections = 1_000
    /// Whether scripts are taken into the functions directory from who may.
    package var deploy = false
    package var tls = TLSSettings()

    package init() {}
}

/// Certificates of a server.
package struct TLSSettings: Hashable, Sendable {
    package enum ClientCertificates: String, CaseIterable, Sendable {
        /// Who has none may ask, too; one that is shown must be valid.
        case optional
        case required
    }

    /// A file of PEM: the server's certificate, and those between it and its authority.
    package var certificate: String?
    /// A file of PEM: the key of the certificate.
    package var key: String?
    /// A file of PEM: the authorities of clients' certificates; nil: none is asked for.
    package var clientAuthorities: String?
    package var clientCertificates = ClientCertificates.required

    package init() {}
}

/// How commands reach a worker over the network. A new value holds the defaults.
package struct ClientSettings: Hashable, Sendable {
    /// `https://host:port` or `http://host:port`; nil: the socket in the data directory.
    package var server: String?
    /// A file that holds a token.
    package var tokenFile: String?
    /// A file of PEM: the authorities to trust; nil: those of the machine.
    package var authorities: String?
    /// A file of PEM: this client's certificate.
    package var certificate: String?
    /// A file of PEM: the key of the certificate.
    package var key: String?

    package init() {}
}
