import Foundation
import MoonrailConfiguration
import Testing

struct NATSSettingsTests {
    private func load(
        _ yaml: String, _ environment: [String: String] = [:],
        _ flags: SettingsFlags = SettingsFlags()
    ) throws -> Settings {
        try withFile(yaml.utf8) {
            try Settings.load(file: $0, environment: environment, flags: flags)
        }
    }

    @Test func `a file with every key of the broker gives every setting`() throws {
        let settings = try settings(
            """
            engine: nats
            nats:
              servers: [nats://a.example:4222, tls://b.example]
              prefix: team2
              nkey: UABC
              nkey_seed: worker.nk
              tls: { ca: ca.pem, certificate: c.pem, key: k.pem }
              replicas: 3
              storage: memory
              lease: 2s
              worker: rack-3.a_1
              timeout: 500ms
            """)
        #expect(settings.engine == .nats)
        var expected = NATSSettings()
        expected.servers = ["nats://a.example:4222", "tls://b.example"]
        expected.prefix = "team2"
        expected.nkey = "UABC"
        expected.nkeySeed = "worker.nk"
        expected.tls.authorities = "ca.pem"
        expected.tls.certificate = "c.pem"
        expected.tls.key = "k.pem"
        expected.replicas = 3
        expected.storage = .memory
        expected.lease = .seconds(2)
        expected.worker = "rack-3.a_1"
        expected.timeout = .milliseconds(500)
        #expect(settings.nats == expected)
        #expect(
            try settings.nats.login(environment: [:])
                == .nkey(publicKey: "UABC", seedFile: "worker.nk"))
    }

    @Test func `variables win over the file, and flags over both`() throws {
        let file = "engine: embedded\nnats: { servers: ['nats://file:1'] }"
        let environment = [
            "MOONRAIL_ENGINE": "nats", "MOONRAIL_NATS_SERVERS": "nats://a:1,nats://b:2",
            "MOONRAIL_NATS_PREFIX": "env", "MOONRAIL_WORKER": "w",
        ]
        let settings = try load(file, environment)
        #expect(settings.engine == .nats)
        #expect(settings.nats.servers == ["nats://a:1", "nats://b:2"])
        #expect(settings.nats.prefix == "env")
        #expect(settings.nats.worker == "w")
        var flags = SettingsFlags()
        flags.engine = "embedded"
        flags.natsServers = "nats://flag:3"
        flags.natsPrefix = "flag"
        flags.natsCredentials = "worker.creds"
        flags.worker = "v"
        let flagged = try load(file, environment, flags)
        #expect(flagged.engine == .embedded)
        #expect(flagged.nats.servers == ["nats://flag:3"])
        #expect(flagged.nats.prefix == "flag")
        #expect(flagged.nats.credentials == "worker.creds")
        #expect(flagged.nats.worker == "v")
    }

    @Test func `a password comes of a file or of the environment, and is never shown`() throws {
        let secret = "s3cret word"
        try withFile("\(secret)\n".utf8) { file in
            let settings = try load("engine: nats\nnats: { user: u, password_file: '\(file)' }")
            let login = try settings.nats.login(environment: [:])
            #expect(login == .user("u", password: secret))
            #expect(login.map { "\($0)" }?.contains(secret) == false)
        }
        let environment = ["MOONRAIL_NATS_PASSWORD": secret]
        let settings = try load("engine: nats\nnats: { user: u }", environment)
        #expect(try settings.nats.login(environment: environment) == .user("u", password: secret))
        let token = ["MOONRAIL_NATS_TOKEN": "t"]
        let plain = try load("engine: nats", token)
        #expect(try plain.nats.login(environment: token) == .token("t"))
        #expect(try plain.nats.login(environment: [:]) == nil)
    }

    @Test func `a secret's file that holds none is named, and what it holds is not`() throws {
        try withFile("one\ntwo".utf8) { file in
            let settings = try load("engine: nats\nnats: { token_file: '\(file)' }")
            let error = #expect(throws: ConfigurationError.self) {
                try settings.nats.login(environment: [:])
            }
            #expect(
                error?.description == "the file '\(file)' holds no secret; it must be one line")
        }
        let missing = try load("engine: nats\nnats: { token_file: /no/such }")
        let error = #expect(throws: ConfigurationError.self) {
            try missing.nats.login(environment: [:])
        }
        #expect(error?.description == "/no/such: there is no such file")
    }

    @Test(arguments: [
        (
            "{ user: u }",
            "nats: 'user' needs 'password_file' or the variable MOONRAIL_NATS_PASSWORD"
        ),
        ("{ password_file: f }", "nats: 'password_file' needs 'user'"),
        ("{ nkey: U }", "nats: 'nkey' and 'nkey_seed' go together"),
        (
            "{ credentials: c, token_file: f }",
            "nats: 'credentials' and 'token_file' or MOONRAIL_NATS_TOKEN are two ways to log in; "
                + "choose one"
        ),
        ("{ tls: { key: k } }", "nats.tls: 'certificate' and 'key' go together"),
        (
            "{ servers: 'nats://user:secret@a:4222' }",
            "moonrail.yaml:2: 'servers' in 'nats' must be a list of URLs such as "
                + "nats://127.0.0.1:4222 or tls://nats.example:4222, without passwords, 64 at most"
        ),
        (
            "{ prefix: a.b }",
            "moonrail.yaml:2: 'prefix' in 'nats' is 'a.b'; it must be 1 to 32 of a-z and 0-9"
        ),
        (
            "{ replicas: 6 }",
            "moonrail.yaml:2: 'replicas' in 'nats' is '6'; it must be a whole number from 1 to 5"
        ),
        (
            "{ worker: 'a b' }",
            "moonrail.yaml:2: 'worker' in 'nats' is 'a b'; it must be 1 to 64 of letters, digits, "
                + "'.', '-' and '_'"
        ),
    ])
    func `what does not go together, or is none, is told`(yaml: String, problem: String) throws {
        #expect(try messages("engine: nats\nnats: \(yaml)") == [problem])
    }

    @Test func `what is said of a broker that is not the engine need not be whole`() throws {
        #expect(try settings("nats: { user: u }").nats.user == "u")
    }
}
