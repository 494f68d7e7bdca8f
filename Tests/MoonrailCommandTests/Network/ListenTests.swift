import Foundation
import Glibc
import MoonrailTestSupport
import Testing

@Suite struct ListenTests {
    @Test func `without an address a worker serves no network`() async throws {
        try await Workplace.with { place in
            let worker = try place.command.start(["run"])
            try await place.waitUntilServed()
            #expect(!worker.errorsSoFar.contains("on the network"))
            worker.send(SIGTERM)
            #expect(try await worker.finish().status == 0)
        }
    }

    @Test func `an address that others reach needs certificates and a token`() async throws {
        try await Workplace.with { place in
            let clear = try await place.command.run("run", "--listen", "0.0.0.0:0")
            #expect(clear.status == 5)
            #expect(clear.errors.contains("set http.tls.certificate"), "\(clear.errors)")
            let folder = Certificates(folder: place.folder)
            let server = try folder.identity("server", by: try folder.authority("authority"))
            let config = try place.write(
                "worker.yaml",
                "http:\n  listen: \"0.0.0.0:0\"\n  tls:\n    certificate: \(server.certificate)\n"
                    + "    key: \(server.key)\n")
            let open = try await place.command.run("run", "--config", config)
            #expect(open.status == 5)
            #expect(open.errors.contains("moonrail token create"), "\(open.errors)")
            _ = try await place.makeToken("ci", scopes: ["admin"])
            let worker = try await NetworkWorker.start(
                place, ["--config", config, "--listen", "0.0.0.0:0"])
            worker.process.send(SIGTERM)
            #expect(try await worker.process.finish().status == 0)
        }
    }

    @Test func `an address that is taken is unavailable, and the worker says so`() async throws {
        try await NetworkWorker.with { worker, _ in
            try await Workplace.with { place in
                let second = try await place.command.run(
                    "run", "--listen", "127.0.0.1:\(worker.port)")
                #expect(second.status == 5)
                #expect(second.errors.contains("can't serve on 127.0.0.1:\(worker.port)"))
            }
        }
    }

    @Test func `a worker without a token says who may use it`() async throws {
        try await NetworkWorker.with { worker, _ in
            #expect(worker.process.errorsSoFar.contains("anybody on this machine may use the API"))
            let answer = try worker.ask("GET", "/v1/stations")
            #expect(answer.status == 200)
        }
        try await NetworkWorker.with(scopes: ["admin"]) { worker, _ in
            #expect(!worker.process.errorsSoFar.contains("anybody on this machine"))
            let answer = try worker.ask("GET", "/v1/stations")
            #expect(answer.status == 401)
        }
    }

    @Test func `requests that are under way when a worker is stopped are answered`()
        async throws
    {
        try await NetworkWorker.with { worker, _ in
            let connection = try RawConnection(port: worker.port)
            connection.send("GET /v1/worker HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try connection.answer()?.status == 200)
            connection.send(
                "POST /v1/stations/s/events HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: 3\r\n\r\n{")
            // It has the request once it knows of the station.
            while worker.process.isRunning,
                try worker.ask("GET", "/v1/stations/s").status != 200
            {}
            worker.process.send(SIGTERM)
            connection.send("}\n")
            #expect(try connection.answer()?.status == 200)
            #expect(try connection.answer() == nil)
        }
    }
}
