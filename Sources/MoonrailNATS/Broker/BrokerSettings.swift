import MoonrailCore

/// How to reach the broker, and what stations there get.
package struct BrokerSettings: Sendable {
    /// URLs such as `nats://127.0.0.1:4222`; any that answers will do, the rest of its cluster is
    /// learned from it.
    package var servers: [String]
    /// What the subjects and the names of all streams begin with: two of them are two worlds on one
    /// broker. One token of `[a-z0-9][a-z0-9_-]*`.
    package var prefix: String
    package var login: BrokerLogin?
    package var tls: BrokerTLS?
    /// Copies of each event, 1 to 5, each on a server of its own.
    package var replicas: Int
    /// Whether streams are on disk, or in the memory of the servers, for what may be lost.
    package var storage: BrokerStorage
    /// Stations that have replicas or storage of their own.
    package var streams: [StationName: BrokerStream] = [:]
    /// How long an answer of the broker is waited for.
    package var timeout: Duration
    /// The name under which the broker shows the connection.
    package var name: String
    /// Largest window in which the broker recognises repeated ids, whatever a station declares:
    /// each id in it takes about a hundred bytes of each server's memory.
    package var duplicateWindowMaximum: Duration

    package init(
        servers: [String] = ["nats://127.0.0.1:4222"], prefix: String = "moonrail",
        login: BrokerLogin? = nil, tls: BrokerTLS? = nil, replicas: Int = 1,
        storage: BrokerStorage = .file, timeout: Duration = .seconds(5),
        name: String = "moonrail", duplicateWindowMaximum: Duration = .seconds(120)
    ) {
        self.servers = servers
        self.prefix = prefix
        self.login = login
        self.tls = tls
        self.replicas = replicas
        self.storage = storage
        self.timeout = timeout
        self.name = name
        self.duplicateWindowMaximum = duplicateWindowMaximum
    }
}

extension BrokerSettings {
    /// Whether there is to be no connection without TLS.
    var isSecured: Bool { tls != nil || servers.contains { $0.hasPrefix("tls://") } }

    /// Copies of each event of a station.
    func replicas(of station: StationName) -> Int { streams[station]?.replicas ?? replicas }

    /// Where the events of a station are.
    func storage(of station: StationName) -> BrokerStorage {
        streams[station]?.storage ?? storage
    }
}

/// What one station has otherwise than all others.
package struct BrokerStream: Hashable, Sendable {
    /// Nil: as others.
    package var replicas: Int?
    /// Nil: as others.
    package var storage: BrokerStorage?

    package init(replicas: Int? = nil, storage: BrokerStorage? = nil) {
        self.replicas = replicas
        self.storage = storage
    }
}

/// Who a connection says it is.
package enum BrokerLogin: Hashable, Sendable {
    case user(String, password: String)
    case token(String)
    /// A file with a JWT and its seed, as `nsc` writes it.
    case credentials(file: String)
    /// A file with an NKey's seed, and its public key.
    case nkey(publicKey: String, seedFile: String)
}

/// What a connection is secured with.
package struct BrokerTLS: Hashable, Sendable {
    /// A file of authorities that are trusted; nil: the machine's.
    package var authorities: String?
    /// Files of this side's certificate and its key, where the broker asks for one.
    package var certificate: String?
    package var key: String?

    package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }
}

package enum BrokerStorage: String, Hashable, Sendable, CaseIterable {
    case file, memory
}
