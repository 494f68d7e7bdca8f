import Foundation
import MoonrailCore
import MoonrailTestSupport
import Testing

/// Webhooks, with a receiver that does what receivers do.
@Suite struct WebhookTests {
    /// The receiver that a test posts to; `answers` as `Tests/Clients/receiver.py` takes them.
    private static func withWebhook(
        answers: [String], settings: String = "", secret: String? = nil,
        _ body: (WorkerPlace, PythonClient.Server) async throws -> Void
    ) async throws {
        let place = try WorkerPlace()
        defer { place.remove() }
        let receiver = try PythonClient.serve("receiver.py", [place.path("notes")] + answers)
        defer { receiver.stop() }
        var config = """
            webhooks:
              hook:
                from: s
                url: http://127.0.0.1:\(receiver.port)/in?x=1
                start: earliest
                first_delay: 1ms
                max_delay: 5ms
            \(settings)
            """
        if let secret {
            try Data(secret.utf8).write(to: place.folder.appendingPathComponent("secret"))
            config += "\n    secret_file: \(place.path("secret"))\n"
        }
        try place.configure(config)
        try await body(place, receiver)
    }

    private static func notes(_ place: WorkerPlace) throws -> [JSONValue] {
        try place.lines("notes").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private static func header(_ note: JSONValue, _ name: String) -> String? {
        guard case .object(let members) = note, case .object(let headers)? = members["headers"],
            case .string(let value)? = headers[name]
        else { return nil }
        return value
    }

    private static func body(_ note: JSONValue) -> String? {
        guard case .object(let members) = note, case .string(let body)? = members["body"]
        else { return nil }
        return body
    }

    private static func stop(_ worker: MoonrailCommand.Running) async throws {
        worker.send(SIGTERM)
        #expect(try await worker.finish().status == 0)
    }

    @Test func `events are posted in order, signed, as CloudEvents`() async throws {
        try await Self.withWebhook(
            answers: ["204"], secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
        ) { place, _ in
            _ = try await place.command.run("produce", "s", "--key", "k", input: #"{"k":"a é"}"#)
            _ = try await place.command.run("produce", "s", input: "2\n3\n")
            let result = try await place.command.run("run", "--until-idle")
            #expect(result.status == 0, "\(result.errors)")
            let notes = try Self.notes(place)
            #expect(notes.map { Self.body($0) } == [#"{"k":"a é"}"#, "2", "3"])
            let first = try #require(notes.first)
            let expected = [
                "ce-specversion": "1.0", "ce-id": "s/0/0", "ce-source": "/stations/s",
                "ce-type": "moonrail.event", "ce-partitionkey": "a%20%C3%A9",
                "content-type": "application/json", "webhook-id": "s/0/0",
            ]
            for (name, value) in expected { #expect(Self.header(first, name) == value) }
            #expect(Self.header(first, "webhook-timestamp").flatMap { Int($0) } != nil)
            #expect(Self.header(first, "webhook-signature")?.hasPrefix("v1,") == true)
            // A second run has nothing left to deliver.
            _ = try await place.command.run("run", "--until-idle")
            #expect(try Self.notes(place).count == 3)
        }
    }

    @Test func `what fails for a while is posted again until it is taken`() async throws {
        try await Self.withWebhook(
            answers: ["500", "close", "429", "hang", "200"], settings: "    timeout: 300ms"
        ) { place, _ in
            _ = try await place.command.run("produce", "s", input: "1\n2\n")
            let result = try await place.command.run("run", "--until-idle")
            #expect(result.status == 0, "\(result.errors)")
            let notes = try Self.notes(place)
            #expect(notes.map { Self.body($0) } == ["1", "1", "1", "1", "1", "2"])
            #expect(Set(notes.prefix(5).map { Self.header($0, "webhook-id") }).count == 1)
            let lanes = try await place.command.run("offset", "show", "--json")
            #expect(lanes.output.contains(#""function":"webhook.hook""#))
            #expect(lanes.output.contains(#""lag":0"#))
        }
    }

    @Test(arguments: [
        ("410", "the endpoint answered 410"), ("400", "the endpoint answered 400"),
        ("302:http://127.0.0.1:1/", "a redirect is not followed"),
        ("503", "the endpoint answered 503"),
    ])
    func `what is not taken is a dead letter, and the next event goes on`(
        answer: String, reason: String
    ) async throws {
        let attempts = answer == "503" ? 3 : 1
        let answers = Array(repeating: answer, count: attempts) + ["200"]
        try await Self.withWebhook(answers: answers, settings: "    attempts: 3") { place, _ in
            _ = try await place.command.run("produce", "s", input: "\"bad\"\n\"good\"\n")
            let worker = try await place.startWorker()
            try await place.wait { try Self.notes(place).count == attempts + 1 }
            let letters = try await place.command.run("dead", "list", "webhook.hook", "--json")
            #expect(letters.output.contains(reason))
            #expect(letters.output.contains(#""reason":"undeliverable""#))
            #expect(letters.output.contains(#""attempts":\#(attempts)"#))
            let retried = try await place.command.run("dead", "retry", "webhook.hook", "--all")
            #expect(retried.status == 0, "\(retried.errors)")
            #expect(try Self.notes(place).last.flatMap { Self.body($0) } == "\"bad\"")
            try await Self.stop(worker)
        }
    }

    @Test func `a receiver that takes nothing pauses its webhook`() async throws {
        try await Self.withWebhook(answers: ["410"]) { place, _ in
            let lines = (0..<20).map { "\($0)\n" }.joined()
            _ = try await place.command.run("produce", "s", input: lines)
            let worker = try await place.startWorker()
            try await place.wait {
                try await place.command.run("function", "list").output.contains("paused")
            }
            #expect(try Self.notes(place).count == 5)
            let resumed = try await place.command.run("function", "resume", "webhook.hook")
            #expect(resumed.status == 0, "\(resumed.errors)")
            try await place.wait { try Self.notes(place).count >= 10 }
            try await Self.stop(worker)
        }
    }

    @Test func `a worker that is killed delivers what it had not settled, under the same ids`()
        async throws
    {
        try await Self.withWebhook(answers: ["200"]) { place, _ in
            let worker = try await place.startWorker()
            let lines = (0..<300).map { "\($0)\n" }.joined()
            _ = try await place.command.run("produce", "s", input: lines)
            try await place.wait { try Self.notes(place).count > 50 }
            worker.send(SIGKILL)
            _ = try await worker.finish()
            let result = try await place.command.run("run", "--until-idle")
            #expect(result.status == 0, "\(result.errors)")
            var seen: [String] = []
            for note in try Self.notes(place) {
                let id = try #require(Self.header(note, "webhook-id"))
                if !seen.contains(id) { seen.append(id) }
            }
            #expect(seen == (0..<300).map { "s/0/\($0)" })
        }
    }

    @Test func `a stop does not wait for a receiver that hangs`() async throws {
        try await Self.withWebhook(
            answers: ["hang"], settings: "    timeout: 5m"
        ) { place, _ in
            _ = try await place.command.run("produce", "s", input: "1\n")
            let worker = try await place.startWorker()
            try await place.wait { try Self.notes(place).count == 1 }
            try await Self.stop(worker)
            let lanes = try await place.command.run("offset", "show", "--json")
            #expect(lanes.output.contains(#""lag":1"#))
        }
    }

    @Test(arguments: [
        ("    url: ftp://x", "must be a URL"), ("    from: s", "'url' is missing"),
        ("    url: http://x/", "'from' is missing"),
        ("    from: s\n    url: http://x/\n    secret_file: /no/such", "can't be read"),
    ])
    func `a webhook that can't deliver is refused at the start`(
        entry: String, message: String
    ) async throws {
        let place = try WorkerPlace(config: "webhooks:\n  hook:\n\(entry)\n")
        defer { place.remove() }
        let result = try await place.command.run("run", "--until-idle")
        #expect(result.status == 2)
        #expect(result.errors.contains(message), "\(result.errors)")
    }
}
