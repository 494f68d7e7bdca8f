import Foundation
import Glibc
import MoonrailTestSupport
import Testing

@Suite struct TokenTests {
    @Test func `a token is told once, and nothing that is kept tells it again`() async throws {
        try await Workplace.with { place in
            let secret = try await place.makeToken("ci", scopes: ["produce:orders.*"])
            #expect(secret.hasPrefix("moonrail_"))
            #expect(secret.utf8.count == 9 + 64)
            let list = try await place.command.run("token", "list", "--json")
            let tokens = try JSONSerialization.jsonObject(with: Data(list.output.utf8))
            let token = try #require((tokens as? [[String: Any]])?.first)
            #expect(token["name"] as? String == "ci")
            #expect(token["scopes"] as? [String] == ["produce:orders.*"])
            #expect(token["token"] == nil)
            let file = place.data.appendingPathComponent("tokens.json")
            let kept = try String(contentsOf: file, encoding: .utf8)
            #expect(!kept.contains(secret) && !kept.contains(secret.dropFirst(9)))
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(mode[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a token is made, used and revoked while a worker runs`() async throws {
        try await NetworkWorker.with { worker, _ in
            #expect(try worker.ask("GET", "/v1/stations").status == 200)
            let token = try await worker.place.makeToken("ci", scopes: ["produce:orders.*"])
            // From the first one on, nobody is let in without.
            let nobody = try worker.ask("GET", "/v1/stations")
            #expect(nobody.status == 401)
            #expect(nobody.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            let events = "/v1/stations/orders.new/events"
            #expect(try worker.ask("POST", events, token: token, body: "{}\n").status == 200)
            #expect(try worker.ask("POST", events, body: "{}\n").status == 401)
            let revoked = try await worker.place.command.run("token", "revoke", "ci")
            #expect(revoked.status == 0, "\(revoked.errors)")
            #expect(try worker.ask("POST", events, token: token, body: "{}\n").status == 401)
            // The last one is gone, and nobody is let in for that.
            #expect(try worker.ask("GET", "/v1/stations").status == 401)
        }
    }

    @Test func `a token that has expired is worth nothing`() async throws {
        try await Workplace.with { place in
            let token = try await place.makeToken("first", scopes: ["admin"])
            try place.letExpire("first")
            let worker = try await NetworkWorker.start(place)
            #expect(try worker.ask("GET", "/v1/stations", token: token).status == 401)
            let list = try await place.command.run("token", "list")
            #expect(list.output.contains("expired"))
            worker.process.send(SIGTERM)
            #expect(try await worker.process.finish().status == 0)
        }
    }

    @Test func `a name is one token's, and one that is not there can't be revoked`() async throws {
        try await Workplace.with { place in
            _ = try await place.makeToken("ci", scopes: ["operate"])
            let twice = try await place.command.run("token", "create", "ci", "--scope", "admin")
            #expect(twice.status == 4)
            #expect(twice.errors.contains("revoke it first"))
            let other = try await place.command.run("token", "revoke", "cj")
            #expect(other.status == 3)
            #expect(other.errors.contains("did you mean 'ci'"))
        }
    }

    @Test(arguments: [
        ["token", "create", "a b", "--scope", "admin"], ["token", "create", "a"],
        ["token", "create", "a", "--scope", "everything"],
        ["token", "create", "a", "--scope", "produce:**.a"],
        ["token", "create", "a", "--scope", "admin", "--expires", "tomorrow"],
    ])
    func `a token that can't be meant so is not made`(arguments: [String]) async throws {
        try await Workplace.with { place in
            let result = try await place.command.start(arguments).finish()
            #expect(result.status == 2, "\(result)")
            #expect(!FileManager.default.fileExists(atPath: place.data.path))
        }
    }

    @Test func `a file of tokens that is damaged lets nobody in`() async throws {
        try await Workplace.with { place in
            _ = try await place.makeToken("ci", scopes: ["admin"])
            let path = place.data.appendingPathComponent("tokens.json")
            let whole = try Data(contentsOf: path)
            for bytes in [whole.dropLast(20), Data(), Data("{}".utf8)] {
                try bytes.write(to: path)
                let result = try await place.command.run("run", "--listen", "127.0.0.1:0")
                #expect(result.status == 5)
                #expect(result.errors.contains("tokens.json is damaged"), "\(result.errors)")
            }
        }
    }

    @Test func `the audit says who did what from where`() async throws {
        try await NetworkWorker.with(scopes: ["admin"]) { worker, admin in
            let created = try worker.ask(
                "PUT", "/v1/stations/made", token: admin, body: "{\"partitions\":2}")
            #expect(created.status == 201)
            #expect(
                try worker.ask(
                    "PATCH", "/v1/stations/made", token: admin,
                    body: "{\"retention\":{\"events\":10}}"
                ).status == 200)
            #expect(try worker.ask("DELETE", "/v1/stations/made", token: admin).status == 204)
            let made = try worker.ask(
                "POST", "/v1/tokens", token: admin,
                body: "{\"name\":\"second\",\"scopes\":[\"operate\"]}")
            #expect(made.status == 201)
            #expect(try worker.ask("DELETE", "/v1/tokens/second", token: admin).status == 204)
            let backup = worker.place.folder.appendingPathComponent("backup").path
            #expect(
                try worker.ask(
                    "POST", "/v1/store/backups", token: admin, body: "{\"file\":\"\(backup)\"}"
                ).status == 201)
            let deeds = try await worker.place.deeds()
            #expect(
                deeds.map { $0["deed"] } == [
                    "token-created", "station-created", "station-altered", "station-deleted",
                    "token-created", "token-revoked", "backed-up",
                ])
            #expect(deeds.first?["token"] == "first")
            #expect(deeds.dropFirst().allSatisfy { $0["by"] == "token first" })
            #expect(deeds.dropFirst().allSatisfy { $0["from"] == "127.0.0.1" })
            #expect(deeds.dropFirst().prefix(3).allSatisfy { $0["station"] == "made" })
            #expect(deeds.last?["file"] == backup)
        }
    }

    @Test func `no secret is in a log, the store or an answer`() async throws {
        let config = "log_level: trace\n"
        try await NetworkWorker.with(config: config, scopes: ["admin"]) { worker, admin in
            let place = worker.place
            let other = try await place.makeToken("other", scopes: ["consume:**"])
            let wrong = "moonrail_" + String(repeating: "5ec4e7", count: 11)
            var answers = ""
            for token in [admin, other, wrong, "nonsense-5ec4e7"] {
                for target in [
                    "/v1/worker", "/v1/tokens", "/v1/stations/nothing", "/v1/nothing", "/metrics",
                ] {
                    for method in ["GET", "POST", "DELETE"] {
                        let answer = try worker.ask(method, target, token: token)
                        answers += "\(answer.headers) \(answer.body)\n"
                    }
                }
                // What is refused before anybody looks at who asks.
                answers += try worker.ask("GET", "/v1/..", token: token).body
                let basic = try worker.ask("GET", "/v1/worker", ["Authorization: Basic \(token)"])
                answers += basic.body
            }
            let followed = try place.command.start(
                ["read", "s", "--server", "http://127.0.0.1:\(worker.port)"] + ["--token-file"]
                    + [try place.write("token", wrong)])
            let failed = try await followed.finish()
            #expect(failed.status == 1)
            let places =
                [
                    ("an answer", Data(answers.utf8)),
                    ("the log", Data(worker.process.errorsSoFar.utf8)),
                    ("a command's words", Data((failed.errors + failed.output).utf8)),
                ] + (try storedFiles(of: place))
            for secret in [admin, other, wrong, "5ec4e7"] {
                for text in [secret, String(secret.suffix(20))] {
                    for (name, bytes) in places where bytes.firstRange(of: Data(text.utf8)) != nil {
                        Issue.record("\(name) has a secret")
                    }
                }
            }
        }
    }

    private func storedFiles(of place: Workplace) throws -> [(String, Data)] {
        try FileManager.default.contentsOfDirectory(atPath: place.data.path).compactMap { name in
            let file = place.data.appendingPathComponent(name)
            // The socket is no file that can be read.
            guard let bytes = try? Data(contentsOf: file) else { return nil }
            return (name, bytes)
        }
    }
}
