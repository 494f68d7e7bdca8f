import Foundation
import Glibc
import MoonrailTestSupport

/// A worker that serves the network, on any port that is free.
struct NetworkWorker {
    let place: Workplace
    let process: MoonrailCommand.Running
    let port: Int

    /// Starts a worker, calls `body`, and stops the worker in order.
    ///
    /// - Parameters:
    ///   - config: the text of the configuration file, without `http.listen`.
    ///   - scopes: of a token that is made before, if any; `token` of `body` is its secret.
    static func with(
        config: String? = nil, scopes: [String] = [], arguments: [String] = [],
        _ body: (NetworkWorker, _ token: String) async throws -> Void
    ) async throws {
        try await Workplace.with(config: config) { place in
            let token =
                scopes.isEmpty ? "" : try await place.makeToken("first", scopes: scopes)
            let worker = try await start(place, arguments)
            do {
                try await body(worker, token)
            } catch {
                worker.process.send(SIGKILL)
                _ = try? await worker.process.finish()
                throw error
            }
            worker.process.send(SIGTERM)
            let result = try await worker.process.finish(within: 60)
            guard result.status == 0 else {
                throw SocketClient.Broken(what: "the worker ended so: \(result)")
            }
        }
    }

    /// Starts a worker and waits until it serves.
    static func start(
        _ place: Workplace, _ arguments: [String] = []
    ) async throws -> NetworkWorker {
        let listen = arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
        let process = try place.command.start(["run"] + listen + arguments)
        while process.isRunning {
            // It has more than one digit, and what follows it is written with it.
            if let match = process.errorsSoFar.firstMatch(
                of: /https?:\/\/[0-9a-z.\[\]:-]+:([0-9]+)[^0-9]/), let port = Int(match.output.1)
            {
                return NetworkWorker(place: place, process: process, port: port)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SocketClient.Broken(what: try await process.finish().errors)
    }

    /// Sends a request on a connection of its own.
    func ask(
        _ method: String, _ target: String, token: String? = nil, _ headers: [String] = [],
        body: String = ""
    ) throws -> RawConnection.Answer {
        let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
        return try RawConnection.ask(
            method, target, authorization + headers, body: body, port: port)
    }
}

extension Workplace {
    /// Makes a token and answers with its secret.
    func makeToken(_ name: String, scopes: [String], _ options: String...) async throws -> String {
        let result = try await command.start(
            ["token", "create", name] + scopes.flatMap { ["--scope", $0] } + options
        ).finish()
        guard result.status == 0, let secret = result.lines.first else {
            throw SocketClient.Broken(what: result.errors)
        }
        return secret
    }

    /// What `moonrail.audit` has.
    func deeds() async throws -> [[String: String]] {
        let audit = try await command.run("read", "moonrail.audit", "--format", "data")
        return try audit.lines.map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
    }
}
