import Foundation
import MoonrailTestSupport
import Testing

/// Every route that the OpenAPI document has, asked by everybody who may and who may not.
@Suite struct AccessMatrixTests {
    /// A route, and what it demands; nil for one that is open.
    private struct Route {
        let method: String
        let path: String
        let role: String?

        /// The path, with something in its braces.
        func target(station: String) -> String {
            path.replacing("{station}", with: station).replacing(/\{[^}]+\}/, with: "nobody")
        }
    }

    private static func routes(_ worker: NetworkWorker, _ token: String) throws -> [Route] {
        let answer = try worker.ask("GET", "/openapi.json", token: token)
        let document = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        let paths = (document as? [String: Any])?["paths"] as? [String: [String: Any]] ?? [:]
        return try paths.flatMap { path, methods in
            try methods.map { method, operation in
                let security =
                    (operation as? [String: Any])?["security"] as? [[String: [String]]]
                let demands = try #require(security, "\(method) \(path) says nothing of access")
                return Route(
                    method: method.uppercased(), path: path, role: demands.first?["bearer"]?.first)
            }
        }
    }

    private func expect(
        _ worker: NetworkWorker, _ route: Route, station: String = "orders.new",
        token: String?, _ isExpected: (Int) -> Bool, _ who: String
    ) throws {
        let answer = try worker.ask(route.method, route.target(station: station), token: token)
        #expect(
            isExpected(answer.status),
            "\(route.method) \(route.path) by \(who), station \(station): \(answer.status)")
        #expect(answer.status < 500, "\(route.method) \(route.path) by \(who): \(answer.body)")
    }

    @Test func `every route lets in who may call it, and nobody else`() async throws {
        try await Workplace.with(config: "http:\n  deploy: true\n") { place in
            let scopes = [
                "produce": "produce:orders.*", "consume": "consume:orders.*",
                "operate": "operate", "admin": "admin",
            ]
            var tokens: [String: String] = [:]
            for (name, scope) in scopes {
                tokens[name] = try await place.makeToken(name, scopes: [scope])
            }
            let expired = try await place.makeToken("expired", scopes: ["admin"])
            try place.letExpire("expired")
            let worker = try await NetworkWorker.start(place)
            let routes = try Self.routes(worker, try #require(tokens["admin"]))
            #expect(routes.count > 30)
            #expect(routes.contains { $0.role == "produce" && $0.path.contains("{station}") })
            for route in routes {
                try expect(
                    worker, route, token: nil, { ($0 == 401) == (route.role != nil) }, "nobody")
                for (who, token) in [("a stranger", "moonrail_0"), ("one of yesterday", expired)] {
                    try expect(worker, route, token: token, { $0 == 401 }, who)
                }
                for (name, token) in tokens {
                    let may = route.role == nil || name == route.role || name == "admin"
                    try expect(
                        worker, route, token: token,
                        { may ? $0 != 401 && $0 != 403 : $0 == 403 }, name)
                    // Of other stations the scopes say nothing.
                    guard let role = route.role, ["produce", "consume"].contains(role) else {
                        continue
                    }
                    try expect(
                        worker, route, station: "payments.new", token: token,
                        { name == "admin" ? $0 != 403 : $0 == 403 }, name)
                }
            }
            worker.process.send(SIGTERM)
            #expect(try await worker.process.finish(within: 60).status == 0)
        }
    }
}

extension Workplace {
    /// Makes a token of the past: nobody wants to wait for a minute. No worker may run meanwhile.
    func letExpire(_ name: String) throws {
        let path = data.appendingPathComponent("tokens.json")
        var contents = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
        var tokens = try #require(contents["tokens"] as? [[String: Any]])
        for index in tokens.indices where tokens[index]["name"] as? String == name {
            tokens[index]["expires"] = 1_000_000
        }
        contents["tokens"] = tokens
        try JSONSerialization.data(withJSONObject: contents).write(to: path)
    }
}
