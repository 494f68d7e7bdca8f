import Glibc
import MoonrailConfiguration
import MoonrailCore
import MoonrailNATS

extension BrokerSettings {
    /// What the configuration says of the broker. Blocks while it reads a secret's file.
    ///
    /// - Throws: when there is none in it.
    init(
        _ settings: NATSSettings, stations: [StationName: StationEntry],
        environment: [String: String]
    ) throws(ConfigurationError) {
        let login: BrokerLogin? =
            switch try settings.login(environment: environment) {
            case .user(let name, let password)?: .user(name, password: password)
            case .token(let token)?: .token(token)
            case .credentials(let file)?: .credentials(file: file)
            case .nkey(let key, let file)?: .nkey(publicKey: key, seedFile: file)
            case nil: nil
            }
        var tls: BrokerTLS?
        if settings.tls != NATSTLSSettings() {
            tls = BrokerTLS(
                authorities: settings.tls.authorities, certificate: settings.tls.certificate,
                key: settings.tls.key)
        }
        self.init(
            servers: settings.servers, prefix: settings.prefix, login: login, tls: tls,
            replicas: settings.replicas, storage: BrokerStorage(settings.storage),
            timeout: settings.timeout, name: settings.worker ?? Self.processName)
        for (name, station) in stations where station.replicas != nil || station.storage != nil {
            streams[name] = BrokerStream(
                replicas: station.replicas, storage: station.storage.map { BrokerStorage($0) })
        }
    }

    /// Host and process.
    private static var processName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, bytes.count - 1)
        let host = String(
            decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(host.isEmpty ? "worker" : host)-\(getpid())"
    }
}

extension BrokerStorage {
    fileprivate init(_ storage: NATSSettings.Storage) {
        self = storage == .file ? .file : .memory
    }
}
