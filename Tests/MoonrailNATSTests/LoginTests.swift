import Foundation
import MoonrailCore
import MoonrailNATS
import MoonrailTestSupport
import Testing

/// Who a broker lets in, and what others are told.
@Suite(.timeLimit(.minutes(2)))
struct LoginTests {
    private static func settings(
        _ server: NATSServer, _ login: BrokerLogin?, tls: BrokerTLS? = nil
    ) -> BrokerSettings {
        var settings = BrokerSettings.test([server.url])
        if tls != nil { settings.servers = ["tls://127.0.0.1:\(server.port)"] }
        settings.login = login
        settings.tls = tls
        return settings
    }

    private func expectIn(_ settings: BrokerSettings) async throws {
        let engine = try JetStreamEngine(settings, directory: nil)
        try await engine.open("a", settings: nil)
        try await engine.append(texts: ["1", "2"], to: "a")
        #expect(try await engine.readAll("a").texts == ["1", "2"])
        await engine.close()
    }

    /// - Parameter words: one of which the message must have, besides the broker.
    private func expectOut(_ settings: BrokerSettings, _ words: String...) {
        let began = ContinuousClock.now
        let error = #expect(throws: EngineError.self) {
            _ = try JetStreamEngine(settings, directory: nil)
        }
        #expect(ContinuousClock.now - began < .seconds(10))
        let message = "\(error.map { "\($0)" } ?? "")"
        #expect(message.contains(settings.servers[0]), "\(message)")
        #expect(words.contains { message.localizedStandardContains($0) }, "\(message)")
    }

    @Test func `a user's password is asked for`() async throws {
        let server = try await NATSServer(
            settings: #"authorization { user: ada, password: "two words" }"#)
        try await expectIn(Self.settings(server, .user("ada", password: "two words")))
        expectOut(Self.settings(server, .user("ada", password: "other")), "authorization")
        expectOut(Self.settings(server, .token("two words")), "authorization")
        expectOut(Self.settings(server, nil), "authorization")
    }

    @Test func `a token is asked for`() async throws {
        let server = try await NATSServer(settings: "authorization { token: s3cret }")
        try await expectIn(Self.settings(server, .token("s3cret")))
        expectOut(Self.settings(server, .token("other")), "authorization")
    }

    @Test func `the seed of an NKey is asked for`() async throws {
        let directory = try ScratchDirectory()
        let (key, other) = try (
            NKeyPair(.user, file: directory.path + "/key"),
            NKeyPair(.user, file: directory.path + "/other")
        )
        let files = (directory.path + "/key.nk", directory.path + "/other.nk")
        try key.seed.write(toFile: files.0, atomically: true, encoding: .utf8)
        try other.seed.write(toFile: files.1, atomically: true, encoding: .utf8)
        let server = try await NATSServer(
            settings: "authorization { users: [{ nkey: \(key.publicKey) }] }")
        try await expectIn(
            Self.settings(server, .nkey(publicKey: key.publicKey, seedFile: files.0)))
        expectOut(
            Self.settings(server, .nkey(publicKey: key.publicKey, seedFile: files.1)),
            "authorization")
        expectOut(
            Self.settings(server, .nkey(publicKey: other.publicKey, seedFile: files.1)),
            "authorization")
        expectOut(
            Self.settings(server, .nkey(publicKey: key.publicKey, seedFile: "/nowhere.nk")),
            "/nowhere.nk")
    }

    @Test func `credentials of an account are asked for`() async throws {
        let directory = try ScratchDirectory()
        let (op, system, account, stranger, user) = try (
            NKeyPair(.op, file: directory.path + "/operator"),
            NKeyPair(.account, file: directory.path + "/system"),
            NKeyPair(.account, file: directory.path + "/account"),
            NKeyPair(.account, file: directory.path + "/stranger"),
            NKeyPair(.user, file: directory.path + "/user")
        )
        let unlimited = ["subs", "data", "payload", "imports", "exports", "conn", "leaf"]
        var limits: [String: JSONValue] = ["wildcards": .bool(true)]
        for name in unlimited { limits[name] = .integer(-1) }
        let systemClaim = try op.claim("account", about: system, ["limits": .object(limits)])
        for name in ["mem_storage", "disk_storage", "streams", "consumer"] {
            limits[name] = .integer(-1)
        }
        let accountClaim = try op.claim("account", about: account, ["limits": .object(limits)])
        let server = try await NATSServer(
            settings: """
                operator: \(try op.claim("operator", about: op))
                system_account: \(system.publicKey)
                resolver: MEMORY
                resolver_preload: {
                  \(system.publicKey): \(systemClaim)
                  \(account.publicKey): \(accountClaim)
                }
                """)
        func credentials(of account: NKeyPair, _ name: String) throws -> BrokerLogin {
            let members = ["subs", "data", "payload"].map { ($0, JSONValue.integer(-1)) }
            let claim = try account.claim(
                "user", about: user,
                Dictionary(
                    uniqueKeysWithValues: members + [
                        ("pub", .object([:])), ("sub", .object([:])),
                    ]))
            let file = directory.path + "/\(name).creds"
            try """
            -----BEGIN NATS USER JWT-----
            \(claim)
            ------END NATS USER JWT------

            -----BEGIN USER NKEY SEED-----
            \(user.seed)
            ------END USER NKEY SEED------
            """.write(toFile: file, atomically: true, encoding: .utf8)
            return .credentials(file: file)
        }
        try await expectIn(Self.settings(server, try credentials(of: account, "good")))
        expectOut(Self.settings(server, try credentials(of: stranger, "bad")), "authorization")
        expectOut(Self.settings(server, nil), "authorization")
    }

    @Test func `a broker is known by its certificate`() async throws {
        let directory = try ScratchDirectory()
        let certificates = Certificates(folder: URL(fileURLWithPath: directory.path))
        let authority = try certificates.authority("authority")
        let other = try certificates.authority("other")
        let identity = try certificates.identity("broker", by: authority)
        let server = try await NATSServer(settings: Self.tls(identity))
        let trusting = BrokerTLS(authorities: authority.file)
        try await expectIn(Self.settings(server, nil, tls: trusting))
        expectOut(
            Self.settings(server, nil, tls: BrokerTLS(authorities: other.file)), "certificate")
        // Those of the machine.
        expectOut(Self.settings(server, nil, tls: BrokerTLS()), "certificate")

        let stranger = try certificates.identity(
            "stranger", by: authority, names: "DNS:elsewhere.example")
        let elsewhere = try await NATSServer(settings: Self.tls(stranger))
        expectOut(Self.settings(elsewhere, nil, tls: trusting), "mismatch")

        let plain = try await NATSServer()
        expectOut(Self.settings(plain, nil, tls: trusting), "secure connection")
        // The URL alone says it as well.
        expectOut(.test(["tls://127.0.0.1:\(plain.port)"]), "secure connection")
        expectOut(.test(["tls://127.0.0.1:\(server.port)"]), "certificate")
    }

    @Test func `a broker that asks for a certificate gets one, and a password beside it`()
        async throws
    {
        let directory = try ScratchDirectory()
        let certificates = Certificates(folder: URL(fileURLWithPath: directory.path))
        let authority = try certificates.authority("authority")
        let other = try certificates.authority("other")
        let identity = try certificates.identity("broker", by: authority)
        let server = try await NATSServer(
            settings: Self.tls(identity, "ca_file: \"\(authority.file)\", verify: true")
                + "\nauthorization { user: ada, password: pw }")
        let login = BrokerLogin.user("ada", password: "pw")
        func tls(_ identity: Certificates.Identity?) -> BrokerTLS {
            BrokerTLS(
                authorities: authority.file, certificate: identity?.certificate,
                key: identity?.key)
        }
        let (mine, foreign) = try (
            certificates.identity("mine", by: authority),
            certificates.identity("foreign", by: other)
        )
        try await expectIn(Self.settings(server, login, tls: tls(mine)))
        expectOut(Self.settings(server, nil, tls: tls(mine)), "authorization")
        expectOut(
            Self.settings(server, login, tls: tls(nil)), "nats.tls.certificate",
            "alert certificate required", "alert bad certificate", "alert unknown ca")
        expectOut(
            Self.settings(server, login, tls: tls(foreign)), "nats.tls.certificate",
            "alert certificate required", "alert bad certificate", "alert unknown ca")
    }

    private static func tls(_ identity: Certificates.Identity, _ more: String = "") -> String {
        """
        tls { cert_file: "\(identity.certificate)", key_file: "\(identity.key)"
          \(more)
        }
        """
    }
}
