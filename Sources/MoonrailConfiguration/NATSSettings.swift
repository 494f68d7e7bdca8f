import MoonrailCore

/// Where events and positions are kept.
package enum EngineChoice: String, CaseIterable, Sendable {
    /// In the data directory, by one worker.
    case embedded
    /// On NATS JetStream, by as many workers as there are.
    case nats
}

/// How NATS is reached, and what is kept there. A new value holds the defaults.
package struct NATSSettings: Hashable, Sendable {
    package enum Storage: String, CaseIterable, Sendable {
        case file
        /// In the servers' memory, for what may be lost.
        case memory
    }

    /// `nats://host:port` or `tls://host:port`: any that answers will do.
    package var servers = ["nats://127.0.0.1:4222"]
    /// What all names on the broker begin with: two prefixes are two worlds.
    package var prefix = "moonrail"
    /// A file with a JWT and its seed.
    package var credentials: String?
    package var user: String?
    /// A file with the user's password.
    package var passwordFile: String?
    /// A file with a token.
    package var tokenFile: String?
    /// The public key of an NKey, and a file with its seed.
    package var nkey: String?
    package var nkeySeed: String?
    package var tls = NATSTLSSettings()
    /// Copies of each event, each on a server of its own.
    package var replicas = 1
    package var storage = Storage.file
    /// After so long without a sign of life the lanes of a worker go to others.
    package var lease = Duration.seconds(5)
    /// What other workers call this one; nil: host and process.
    package var worker: String?
    /// How long an answer of the broker is waited for.
    package var timeout = Duration.seconds(5)

    package init() {}
}

/// What a connection to NATS is secured with; `tls://` URLs need nothing of it.
package struct NATSTLSSettings: Hashable, Sendable {
    /// A file of PEM: the authorities to trust; nil: those of the machine.
    package var authorities: String?
    /// A file of PEM: this side's certificate.
    package var certificate: String?
    /// A file of PEM: the key of the certificate.
    package var key: String?

    package init() {}
}

/// Who a worker says it is to NATS. Its description shows no secret.
package enum NATSLogin: Hashable, Sendable, CustomStringConvertible {
    case user(String, password: String)
    case token(String)
    case credentials(file: String)
    case nkey(publicKey: String, seedFile: String)

    package var description: String {
        switch self {
        case .user(let name, _): "user \(name)"
        case .token: "a token"
        case .credentials(let file): "credentials of \(file)"
        case .nkey(let key, _): "NKey \(key)"
        }
    }
}

extension NATSSettings {
    /// What makes these settings useless together, as a sentence; nil when nothing does.
    ///
    /// - Parameter environment: may hold secrets.
    func lack(_ environment: [String: String]) -> String? {
        let ways = [
            ("'credentials'", credentials != nil), ("'user'", user != nil),
            ("'token_file' or \(SettingsVariables.natsToken)", hasToken(environment)),
            ("'nkey'", nkey != nil),
        ].filter(\.1).map(\.0)
        if ways.count > 1 {
            return "nats: \(ways.joined(separator: " and ")) are two ways to log in; choose one"
        }
        let password = environment[SettingsVariables.natsPassword]
        if user != nil, passwordFile == nil, password == nil {
            return "nats: 'user' needs 'password_file' or the variable "
                + SettingsVariables.natsPassword
        }
        if user == nil, passwordFile != nil { return "nats: 'password_file' needs 'user'" }
        if (nkey == nil) != (nkeySeed == nil) { return "nats: 'nkey' and 'nkey_seed' go together" }
        if (tls.certificate == nil) != (tls.key == nil) {
            return "nats.tls: 'certificate' and 'key' go together"
        }
        return nil
    }

    private func hasToken(_ environment: [String: String]) -> Bool {
        tokenFile != nil || environment[SettingsVariables.natsToken] != nil
    }

    /// Who to log in as; nil when the broker asks nobody. Blocks while it reads one small file; may
    /// be repeated.
    ///
    /// - Throws: when a secret's file can't be read or holds none.
    package func login(
        environment: [String: String]
    ) throws(ConfigurationError) -> NATSLogin? {
        if let credentials { return .credentials(file: credentials) }
        if let nkey, let nkeySeed { return .nkey(publicKey: nkey, seedFile: nkeySeed) }
        if let user {
            let password = try Secret.read(
                passwordFile, else: SettingsVariables.natsPassword, environment)
            return .user(user, password: password)
        }
        guard hasToken(environment) else { return nil }
        return .token(try Secret.read(tokenFile, else: SettingsVariables.natsToken, environment))
    }
}
