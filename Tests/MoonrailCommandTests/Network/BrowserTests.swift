import MoonrailTestSupport
import Testing

/// Pages of other sites, in a browser on the machine of a worker that wants no token.
@Suite struct BrowserTests {
    @Test func `a name that somebody made point here is not this server's`() async throws {
        try await NetworkWorker.with(config: "http:\n  hosts: [moonrail.test]\n") { worker, _ in
            let own = [
                "127.0.0.1", "localhost", "LOCALHOST:1", "[::1]", "127.0.0.1:\(worker.port)",
                "moonrail.test",
            ]
            for host in own {
                #expect(
                    try worker.ask("GET", "/v1/worker", ["Host: \(host)"]).status == 200,
                    "\(host)")
            }
            for host in ["evil.example", "evil.example:\(worker.port)", "localhost.evil.example"] {
                let answer = try worker.ask("GET", "/v1/worker", ["Host: \(host)"])
                #expect(answer.status == 421, "\(host)")
                #expect(!answer.body.contains("pid"))
            }
        }
    }

    @Test func `a page of another site changes and reads nothing`() async throws {
        try await NetworkWorker.with { worker, _ in
            for headers in [
                ["Origin: https://evil.example"], ["Origin: null"],
                ["Origin: http://127.0.0.1:1"], ["Sec-Fetch-Site: cross-site"],
                ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"],
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"],
            ] {
                let answer = try worker.ask(
                    "POST", "/v1/stations/s/events", headers + ["Content-Type: text/plain"],
                    body: "{}\n")
                #expect(answer.status == 403, "\(headers)")
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            let get = try worker.ask("GET", "/v1/worker", ["Sec-Fetch-Site: cross-site"])
            #expect(get.status == 403)
            #expect(try worker.ask("GET", "/v1/stations/s").status == 404)
            // The server's own pages, links to it, and who types its address.
            let own = "Origin: http://127.0.0.1:\(worker.port)"
            for headers in [
                [own, "Host: 127.0.0.1:\(worker.port)"], ["Sec-Fetch-Site: same-origin"],
                ["Sec-Fetch-Site: none"],
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"],
            ] {
                #expect(try worker.ask("GET", "/v1/worker", headers).status == 200, "\(headers)")
            }
        }
    }

    @Test func `a page of an origin that is listed may ask, and its browser is told so`()
        async throws
    {
        let config = "http:\n  origins: [\"https://console.example\"]\n"
        try await NetworkWorker.with(config: config) { worker, _ in
            let origin = "Origin: https://console.example"
            let asked = try worker.ask(
                "OPTIONS", "/v1/stations/s/events",
                [
                    origin, "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization",
                ])
            #expect(asked.status == 204)
            #expect(asked.headers["access-control-allow-origin"] == "https://console.example")
            #expect(asked.headers["access-control-allow-headers"] == "authorization")
            #expect(asked.headers["access-control-allow-methods"]?.contains("POST") == true)
            #expect(asked.headers["access-control-allow-credentials"] == nil)
            let posted = try worker.ask(
                "POST", "/v1/stations/s/events", [origin, "Sec-Fetch-Site: cross-site"],
                body: "{}\n")
            #expect(posted.status == 200)
            #expect(posted.headers["access-control-allow-origin"] == "https://console.example")
            #expect(posted.headers["vary"] == "Origin")
            let other = try worker.ask(
                "OPTIONS", "/v1/stations/s/events",
                ["Origin: https://evil.example", "Access-Control-Request-Method: POST"])
            #expect(other.status == 403)
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func `every answer keeps browsers from guessing, keeping and showing it`()
        async throws
    {
        try await NetworkWorker.with { worker, _ in
            for target in ["/v1/worker", "/v1/nothing", "/v1/..", "/metrics"] {
                let headers = try worker.ask("GET", target).headers
                #expect(headers["x-content-type-options"] == "nosniff", "\(target)")
                #expect(headers["cache-control"] == "no-store", "\(target)")
                #expect(
                    headers["content-security-policy"]?.contains("default-src 'none'") == true,
                    "\(target)")
                #expect(headers["server"] == nil, "\(target)")
            }
        }
    }
}
