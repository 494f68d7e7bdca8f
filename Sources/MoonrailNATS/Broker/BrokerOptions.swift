import CNATS
import Foundation
import MoonrailCore

/// The library's options of a connection, given back at the end.
final class BrokerOptions {
    let pointer: OpaquePointer

    /// How long it waits between two attempts to connect anew, in milliseconds.
    private static let reconnectWait: Int64 = 250
    /// How often the connection is tried, in milliseconds, and after how many tries without an
    /// answer it is held to be broken: a cut is known within six seconds.
    private static let pingInterval: Int64 = 2_000
    private static let pingsUnanswered: Int32 = 2

    /// - Throws: `unavailable` that names the option that can't be.
    init(_ settings: BrokerSettings) throws(EngineError) {
        var options: OpaquePointer?
        guard natsOptions_Create(&options) == NATS_OK, let options else {
            throw .unavailable("no memory for a connection to the broker")
        }
        pointer = options
        try Self.set("servers", Self.setServers(options, settings.servers))
        try Self.set("worker", natsOptions_SetName(options, settings.name))
        try Self.set(
            "timeout", natsOptions_SetTimeout(options, settings.timeout.wholeMilliseconds))
        try Self.set("reconnecting", natsOptions_SetMaxReconnect(options, -1))
        try Self.set("reconnecting", natsOptions_SetReconnectWait(options, Self.reconnectWait))
        // What can't be sent now must not be sent later, behind what follows it.
        try Self.set("reconnecting", natsOptions_SetReconnectBufSize(options, 1))
        try Self.set("pings", natsOptions_SetPingInterval(options, Self.pingInterval))
        try Self.set("pings", natsOptions_SetMaxPingsOut(options, Self.pingsUnanswered))
        try Self.set("delivery", natsOptions_UseGlobalMessageDelivery(options, true))
        try Self.log(options, in: settings.login)
        try Self.secure(options, settings)
    }

    deinit {
        natsOptions_Destroy(pointer)
    }

    private static func set(_ name: String, _ status: natsStatus) throws(EngineError) {
        guard status == NATS_OK else {
            throw .unavailable(
                "nats.\(name): \(String(cString: natsStatus_GetText(status)))"
                    + (nats_GetLastError(nil).map { " (\(String(cString: $0)))" } ?? ""))
        }
    }

    private static func setServers(_ options: OpaquePointer, _ servers: [String]) -> natsStatus {
        let copies = servers.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var pointers = copies.map { UnsafePointer<CChar>($0) }
        return natsOptions_SetServers(options, &pointers, Int32(pointers.count))
    }

    private static func log(
        _ options: OpaquePointer, in login: BrokerLogin?
    ) throws(EngineError) {
        switch login {
        case .user(let user, let password)?:
            try set("user", natsOptions_SetUserInfo(options, user, password))
        case .token(let token)?:
            try set("token_file", natsOptions_SetToken(options, token))
        case .credentials(let file)?:
            try set(
                "credentials", natsOptions_SetUserCredentialsFromFiles(options, file, nil))
        case .nkey(let publicKey, let file)?:
            try set("nkey_seed", natsOptions_SetNKeyFromSeed(options, publicKey, file))
        case nil: break
        }
    }

    private static func secure(
        _ options: OpaquePointer, _ settings: BrokerSettings
    ) throws(EngineError) {
        // To the library alone the scheme of a URL means nothing: where the server does not ask for
        // TLS, it would send the password in the clear.
        guard settings.isSecured else { return }
        try set("tls", natsOptions_SetSecure(options, true))
        guard let tls = settings.tls else { return }
        if let authorities = tls.authorities {
            try set("tls.ca", natsOptions_LoadCATrustedCertificates(options, authorities))
        }
        if let certificate = tls.certificate, let key = tls.key {
            try set(
                "tls.certificate",
                natsOptions_LoadCertificatesChain(options, certificate, key))
        }
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// As the broker's interface has it.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
