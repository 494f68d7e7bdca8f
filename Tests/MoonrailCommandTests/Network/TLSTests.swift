import Foundation
import Glibc
import MoonrailTestSupport
import Testing

/// Who may be who: certificates of servers and of clients.
@Suite struct TLSTests {
    /// A folder with an authority, a server's certificate of it, and a worker's configuration.
    private struct Setting {
        let place: Workplace
        let certificates: Certificates
        let authority: Certificates.Authority
        let config: String

        /// - Parameters:
        ///   - days: how long the server's certificate is valid.
        ///   - names: of the server, as its certificate says.
        ///   - clients: what the configuration says besides of clients' certificates.
        init(
            _ place: Workplace, days: Int = 2, names: String = "DNS:localhost,IP:127.0.0.1",
            clients: String = ""
        ) throws {
            self.place = place
            certificates = Certificates(folder: place.folder)
            authority = try certificates.authority("authority")
            let server = try certificates.identity(
                "server", by: authority, names: names, days: days)
            let text = """
                http:
                  tls:
                    certificate: \(server.certificate)
                    key: \(server.key)
                \(clients)
                """
            config = try place.write("worker.yaml", text)
        }

        func worker() async throws -> NetworkWorker {
            try await NetworkWorker.start(place, ["--config", config])
        }

        /// Lists the stations over the network.
        ///
        /// - Parameter trusting: the authority's file; nil: this setting's.
        func list(
            _ worker: NetworkWorker, host: String = "localhost", trusting: String? = nil,
            as client: Certificates.Identity? = nil
        ) async throws -> MoonrailCommand.Result {
            let shown = client.map {
                ["--certificate", $0.certificate, "--certificate-key", $0.key]
            }
            return try await place.command.start(
                ["station", "list", "--server", "https://\(host):\(worker.port)"]
                    + ["--authorities", trusting ?? authority.file] + (shown ?? [])
            ).finish()
        }
    }

    private func stop(_ worker: NetworkWorker) async throws {
        worker.process.send(SIGTERM)
        #expect(try await worker.process.finish(within: 60).status == 0)
    }

    @Test func `a server whose certificate its client trusts is asked over TLS`() async throws {
        try await Workplace.with { place in
            let setting = try Setting(place)
            try await place.command.run("produce", "s", input: "1\n")
            let worker = try await setting.worker()
            let list = try await setting.list(worker)
            #expect(list.status == 0, "\(list.errors)")
            #expect(list.output.contains("s "))
            #expect(try await setting.list(worker, host: "127.0.0.1").status == 0)
            try await stop(worker)
        }
    }

    @Test func `a server of an authority that nobody trusts is refused`() async throws {
        try await Workplace.with { place in
            let setting = try Setting(place)
            let other = try setting.certificates.authority("other")
            let worker = try await setting.worker()
            let list = try await setting.list(worker, trusting: other.file)
            #expect(list.status == 5)
            #expect(list.errors.contains("CERTIFICATE_VERIFY_FAILED"), "\(list.errors)")
            try await stop(worker)
        }
    }

    @Test func `a server whose certificate has expired is refused`() async throws {
        try await Workplace.with { place in
            let setting = try Setting(place, days: -1)
            let worker = try await setting.worker()
            let list = try await setting.list(worker)
            #expect(list.status == 5)
            #expect(list.errors.contains("CERTIFICATE_VERIFY_FAILED"), "\(list.errors)")
            try await stop(worker)
        }
    }

    @Test func `a server that its certificate does not name is refused`() async throws {
        try await Workplace.with { place in
            let setting = try Setting(place, names: "DNS:elsewhere.example")
            let worker = try await setting.worker()
            let list = try await setting.list(worker)
            #expect(list.status == 5, "\(list.errors)")
            try await stop(worker)
        }
    }

    @Test func `TLS before 1.2 is refused, and so is a request in the clear`() async throws {
        try await Workplace.with { place in
            let setting = try Setting(place)
            let worker = try await setting.worker()
            let address = "127.0.0.1:\(worker.port)"
            let connect = ["s_client", "-connect", address, "-CAfile", setting.authority.file]
            for version in ["-tls1", "-tls1_1"] {
                let text = try Certificates.openssl(
                    connect + [version, "-cipher", "ALL:@SECLEVEL=0"], mayFail: true)
                #expect(text.contains("Cipher is (NONE)"), "\(version): \(text)")
            }
            for version in ["-tls1_2", "-tls1_3"] {
                let text = try Certificates.openssl(connect + [version], mayFail: true)
                #expect(text.contains("Verify return code: 0"), "\(version): \(text)")
                #expect(!text.contains("Cipher is (NONE)"), "\(version): \(text)")
            }
            let connection = try RawConnection(port: worker.port)
            connection.send("GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let bytes = try connection.bytesToEnd()
            #expect(!String(decoding: bytes, as: UTF8.self).contains("HTTP/1.1 200"))
            #expect(try await setting.list(worker).status == 0)
            try await stop(worker)
        }
    }

    @Test
    func `only clients with a certificate of the authority are let in where that is required`()
        async throws
    {
        try await Workplace.with { place in
            let folder = Certificates(folder: place.folder)
            let clients = try folder.authority("clients")
            let setting = try Setting(
                place, clients: "    client_authorities: \(clients.file)\n")
            let right = try folder.identity("right", by: clients)
            let expired = try folder.identity("expired", by: clients, days: -1)
            let wrong = try folder.identity("wrong", by: try folder.authority("stranger"))
            let worker = try await setting.worker()
            #expect(try await setting.list(worker, as: right).status == 0)
            for refused in [nil, expired, wrong] {
                let list = try await setting.list(worker, as: refused)
                #expect(list.status == 5, "\(String(describing: refused)): \(list)")
            }
            #expect(try await setting.list(worker, as: right).status == 0)
            try await stop(worker)
        }
    }

    @Test func `where a client's certificate is optional, one that is shown must be valid`()
        async throws
    {
        try await Workplace.with { place in
            let folder = Certificates(folder: place.folder)
            let clients = try folder.authority("clients")
            let setting = try Setting(
                place,
                clients: "    client_authorities: \(clients.file)\n"
                    + "    client_certificates: optional\n")
            let right = try folder.identity("right", by: clients)
            let wrong = try folder.identity("wrong", by: try folder.authority("stranger"))
            let worker = try await setting.worker()
            #expect(try await setting.list(worker).status == 0)
            #expect(try await setting.list(worker, as: right).status == 0)
            #expect(try await setting.list(worker, as: wrong).status == 5)
            try await stop(worker)
        }
    }

    @Test func `a new certificate counts for new connections and ends none that are there`()
        async throws
    {
        try await Workplace.with { place in
            let setting = try Setting(place)
            try await place.command.run("produce", "s", input: "1\n")
            let worker = try await setting.worker()
            let url = "https://localhost:\(worker.port)"
            let follower = try place.command.start([
                "read", "s", "--follow", "--format", "data", "--server", url, "--authorities",
                setting.authority.file,
            ])
            while follower.isRunning, follower.outputSoFar != "1\n" {
                try await Task.sleep(for: .milliseconds(10))
            }
            let next = try setting.certificates.authority("next")
            let server = try setting.certificates.identity("renewed", by: next)
            // Half a change: the certificate is there, and its key is not yet.
            try replace("server.pem", with: server.certificate, in: place)
            while worker.process.isRunning,
                !worker.process.errorsSoFar.contains("the certificate stays as it was")
            {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await setting.list(worker).status == 0)
            try replace("server.key", with: server.key, in: place)
            var list = try await setting.list(worker, trusting: next.file)
            while worker.process.isRunning, list.status != 0 {
                list = try await setting.list(worker, trusting: next.file)
            }
            #expect(try await setting.list(worker).status == 5)
            try await place.command.run("produce", "s", input: "2\n")
            while follower.isRunning, follower.outputSoFar != "1\n2\n" {
                try await Task.sleep(for: .milliseconds(10))
            }
            follower.send(SIGTERM)
            #expect(try await follower.finish().output == "1\n2\n")
            try await stop(worker)
        }
    }

    private func replace(_ name: String, with file: String, in place: Workplace) throws {
        let to = place.folder.appendingPathComponent(name)
        let draft = place.folder.appendingPathComponent("draft")
        try FileManager.default.copyItem(at: URL(fileURLWithPath: file), to: draft)
        guard rename(draft.path, to.path) == 0 else {
            throw SocketClient.Broken(what: "rename: \(errno)")
        }
    }

    @Test(arguments: [
        ("certificate: missing.pem", "needs both 'certificate' and 'key'", Int32(2)),
        ("certificate: no.pem\n    key: no.key", "no.pem holds no certificates", 5),
        ("certificate: server.pem\n    key: other.key", "can't be used together", 5),
    ])
    func `certificates that can't be used stop a start`(
        tls: String, message: String, status: Int32
    ) async throws {
        try await Workplace.with { place in
            let folder = Certificates(folder: place.folder)
            let authority = try folder.authority("authority")
            for name in ["server", "other"] { _ = try folder.identity(name, by: authority) }
            let config = try place.write(
                "worker.yaml",
                "http:\n  tls:\n    "
                    + tls.replacing("server.pem", with: place.folder.path + "/server.pem")
                    .replacing("other.key", with: place.folder.path + "/other.key") + "\n")
            let result = try await place.command.run(
                "run", "--config", config, "--listen", "127.0.0.1:0")
            #expect(result.status == status)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }
}
